"""What an edited city.yaml changes now: names where they stand, who looks how often, whether figures count as old."""

from sqlalchemy import Connection

from config.city import City
from config.i18n import LANGUAGES, NOTHING, Texts
from data_access.previews.table import Item, Preview, Table
from data_access.queries.answers import one
from data_access.sessions import open_sessions

AGE = """
SELECT extract(epoch FROM now() - coalesce(s.source_at, v.as_of)) AS seconds
FROM sync_status s LEFT JOIN data_version v ON true
"""


def preview(connection: Connection, before: City, after: City, t: Texts) -> Preview:
    """Sentences about languages and looks, by who looks and how old the figures are now; a table of changed names."""
    said = [*_languages(before, after, t), *_looks(connection, before, after, t)]
    places = [(t("On reports"), before.name, after.name)]
    for lang, language in LANGUAGES.items():
        pick = Texts(lang).pick
        places += [
            (t("In the bar ({language})", language=language), pick(**before.application), pick(**after.application)),
            (t("At the sign-in ({language})", language=language), pick(**before.centre), pick(**after.centre)),
        ]
    rows = [[Item(where), Item(then, None, "quiet"), Item(now)] for where, then, now in places if then != now]
    if not (said or rows):
        said.append(t("Nothing that people see changes."))
    heads = [(t("Where"), False), (t("Written now"), False), (t("With the edit"), False)]
    return Preview(said, [Table(t("Names"), heads, rows, NOTHING)] if rows else [])


def _languages(before: City, after: City, t: Texts) -> list[str]:
    default = LANGUAGES[after.languages.default]
    said = [
        t("{language} is no longer offered: who reads it now goes on in {default}.", language=LANGUAGES[lang],
          default=default)
        for lang in before.languages.offered if lang not in after.languages.offered
    ]  # fmt: skip
    if before.languages.default != after.languages.default:
        said.append(t("Who has chosen no language reads {default}.", default=default))
    if before.languages.messages != after.languages.messages:
        language = LANGUAGES[after.languages.messages]
        said.append(t("Messages about alerts are written in {language}.", language=language))
    return said


def _looks(connection: Connection, before: City, after: City, t: Texts) -> list[str]:
    then, now, said = before.refresh, after.refresh, []
    if then.desk != now.desk:
        people = sum(session.alive for session in open_sessions(connection))
        said.append(t("{n} people look now: {before} looks a second become {after}.", n=t.number(people),
                      before=t.short(people / then.desk), after=t.short(people / now.desk)))  # fmt: skip
    if then.wall != now.wall:
        said.append(t("Walls look every {n} s.", n=t.short(now.wall)))
    if then.source != now.source:
        said.append(t("The sync looks at the one-stop database every {n} s; figures may be as much older.",
                      n=t.short(now.source)))  # fmt: skip
    found = one(connection, AGE)["seconds"]
    if then.stale != now.stale and found is not None:
        age = t.span(float(found))
        said.append(
            t("The figures are {age} old now; with the edit they are marked as old.", age=age) if found > now.stale
            else t("The figures are {age} old now; with the edit they are not marked as old.", age=age)
        )  # fmt: skip
    return said
