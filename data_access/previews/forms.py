"""What an edited forms.yaml changes now: whom reports are addressed to, which lists grow too long, which files go."""

from collections import Counter

from sqlalchemy import Connection

from config.forms import Forms, Rows
from config.i18n import NOTHING, Texts, mark
from config.indicators import indicator
from config.registry import registry
from data_access.exports.jobs import Job, jobs_here
from data_access.exports.official import Official
from data_access.previews.table import Item, Preview, Table, fewer_is_better
from data_access.queries.form_lists import ListKind, Stock, Tier, stocks
from data_access.store.engine import WHOLE_CITY

TIERS: dict[Tier, str] = {"city": mark("The whole city"), "district": mark("Districts"),
                          "commune": mark("Wards and communes")}  # fmt: skip
LISTS: tuple[ListKind, ...] = ("overdue", "due_24h")
"""A list of letters of apology is as long as that of overdue dossiers."""


def preview(connection: Connection, before: Forms, after: Forms, t: Texts) -> Preview:
    """Receivers as they will stand on reports, present lists beside the limits, files of this process."""
    said: list[str] = []
    tables: list[Table] = []
    if before.receivers != after.receivers:
        said.append(t("Reports made from then on are addressed as the table shows; files made before stay as they "
                      "are."))  # fmt: skip
        tables.append(_receivers(before, after, t))
    if before.rows != after.rows:
        _rows(stocks(connection), before.rows, after.rows, said, tables, t)
    said += _files(jobs_here(), before, after, t)
    if not said:
        said.append(t("Nothing that people see changes."))
    return Preview(said, tables)


def examples() -> list[Official]:
    """A place of each tier: the city, its first district, the first ward of that."""
    district = next(iter(registry().districts))
    ward = registry().wards_of(district)[0].code
    return [Official(None, None, WHOLE_CITY), Official(district, None, WHOLE_CITY),
            Official(district, ward, WHOLE_CITY)]  # fmt: skip


def _receivers(before: Forms, after: Forms, t: Texts) -> Table:
    rows = []
    for place in examples():
        then, now = place.receiver(before.receivers), place.receiver(after.receivers)
        rows.append([Item(place.name(t)), Item(then, None, "quiet"), Item(now, None, "" if now == then else "good")])
    heads = [(t("Report of"), False), (t("Addressed to now"), False), (t("With the edit"), False)]
    return Table(t("Receivers of reports"), heads, rows, NOTHING)


def _rows(
    found: dict[Tier, list[Stock]], before: Rows, after: Rows, said: list[str], tables: list[Table], t: Texts
) -> None:
    """The limits that change, and how many of the present lists each refuses."""
    if before.screen != after.screen:
        said.append(t("A list shows its first {n} rows on the screen, now {before}.", n=t.number(after.screen),
                      before=t.number(before.screen)))  # fmt: skip
    limits = {
        "pdf": t("A PDF holds {n} rows, now {before}.", n=t.number(after.pdf), before=t.number(before.pdf)),
        "csv": t("Excel and CSV hold {n} rows, now {before}.", n=t.number(after.file), before=t.number(before.file)),
    }
    refused = {"pdf": t("Too long for a PDF now"), "csv": t("Too long for Excel and CSV now")}
    for file, words in limits.items():
        then, now = before.limit(file), after.limit(file)
        if then == now:
            continue
        said.append(words)
        heads = [(t("List"), False), (t("Of"), False), (t("Rows of the longest"), True), (refused[file], True),
                 (t("With the edit"), True)]  # fmt: skip
        rows = [_list(kind, tier, places, then, now, t) for kind in LISTS for tier, places in found.items()]
        tables.append(Table(t("Present lists and the limits"), heads, rows, NOTHING))


def _list(kind: ListKind, tier: Tier, places: list[Stock], then: int, now: int, t: Texts) -> list[Item]:
    """The lists of a tier's places, and how many are refused as a file of so many rows."""
    lengths = [place.of(kind) for place in places]
    longest, counts = max(lengths, default=0), [sum(n > most for n in lengths) for most in (then, now)]
    return [
        Item(indicator(kind).name(t.lang)), Item(t(TIERS[tier]), None, "", t("{n} lists", n=t.number(len(lengths)))),
        Item(t.number(longest), longest), Item(t.number(counts[0]), counts[0]),
        Item(t.number(counts[1]), counts[1], fewer_is_better(*counts)),
    ]  # fmt: skip


def _files(jobs: tuple[Job, ...], before: Forms, after: Forms, t: Texts) -> list[str]:
    """Of this process: others keep files of their own."""
    ended = [job for job in jobs if job.ended.is_set()]
    said = []
    if before.keep_minutes != after.keep_minutes:
        going = sum(job.is_old(after.keep_minutes) for job in ended)
        said.append(t("Files lie ready for {minutes} minutes, now for {before}: {n} of {all} that lie ready in this "
                      "process go with the next order.", minutes=t.number(after.keep_minutes),
                      before=t.number(before.keep_minutes), n=t.number(going), all=t.number(len(ended))))  # fmt: skip
    if before.files_each != after.files_each:
        each = Counter(job.username for job in jobs)
        people = sum(n > after.files_each for n in each.values())
        said.append(t("Each person keeps {n} files, now {before}: {people} people have more in this process; their "
                      "oldest go with their next order.", n=t.number(after.files_each),
                      before=t.number(before.files_each), people=t.number(people)))  # fmt: skip
    if before.at_a_time != after.at_a_time:
        making = len(jobs) - len(ended)
        said.append(t("{n} files are made at a time, now {before}; {making} wait or are being made in this process, "
                      "and those begun are finished.", n=t.number(after.at_a_time), before=t.number(before.at_a_time),
                      making=t.number(making)))  # fmt: skip
    return said
