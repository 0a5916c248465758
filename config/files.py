"""Every configuration file there is: what it sets, where it lies, whether a text for it can be right, its schema."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, TypeAdapter

from config import (
    alert_kinds,
    alerts,
    city,
    district,
    first_call,
    forms,
    indicators,
    measures,
    periods,
    qd766,
    quality,
    screens,
    sign_in,
    source,
    stages,
    targets,
    walls,
    working_calendar,
    workload,
)  # fmt: skip
from config.i18n import mark
from config.kept import Kept
from config.problems import Problem
from config.settings import CONFIG_DIR
from config.yaml_lines import whole

SCHEMA_DIR = CONFIG_DIR / "schema"


@dataclass(frozen=True)
class Checked:
    """What a text would be. `problems`: why it can't (or not wholly) be put in force; `hints`: allowed, but marked."""

    value: Any
    problems: list[Problem] = field(default_factory=list)
    hints: list[Problem] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Whether it may be saved."""
        return not self.problems


Hints = Callable[[Path, str, Any, date], list[Problem]]


@dataclass(frozen=True)
class ConfigFile:
    """One file. title, about: English source texts."""

    name: str
    title: str
    about: str
    kept: Kept[Any]
    kind: Any
    hints: Hints | None = None

    @property
    def file(self) -> str:
        """Its file name."""
        return self.kept.file

    @property
    def path(self) -> Path:
        """The file in force."""
        return self.kept.path

    @property
    def city_path(self) -> Path:
        """Where a save writes."""
        return self.kept.city_path

    @property
    def shipped(self) -> Path:
        """What comes with the program."""
        return self.kept.shipped

    def text(self) -> str:
        """The text of the file in force. Raises Problem("config_unreadable")."""
        path = self.path
        try:
            return path.read_bytes().decode()
        except OSError as error:
            reason = error.strerror or type(error).__name__
            raise Problem("config_unreadable", file=path.name, line=1, reason=reason) from None
        except UnicodeDecodeError:
            raise Problem("config_unreadable", file=path.name, line=1, reason="UTF-8") from None

    def value(self) -> Any:
        """What is in force; the same object as the module's own function gives. Raises Problem."""
        return self.kept.value()

    def problems(self) -> list[Problem]:
        """Why the file's newest text is not, or not wholly, in force."""
        return self.kept.problems()

    def check(self, text: str, today: date | None = None) -> Checked:
        """What `text` would be, without putting it in force. today: what "past" is measured by."""
        path = Path(self.file)
        value, problems = self.kept.read(path, text, None)
        hints = self.hints(path, text, value, today or date.today()) if self.hints and value is not None else []  # noqa: DTZ011
        return Checked(value, problems, hints)

    def schema(self) -> dict[str, Any]:
        """The JSON Schema that an editor completes and checks by."""
        made = _alerts_schema() if self.name == "alerts" else TypeAdapter(self.kind).json_schema()
        if made.get("type") == "object" and "additionalProperties" not in made:
            made["additionalProperties"] = False
        if self.name == "indicators":
            made["patternProperties"] = {r"^\.": {}}  # .source and the like hold anchors
        return {"$schema": "https://json-schema.org/draft/2020-12/schema"} | made | {"title": self.file}


def _past_targets(path: Path, text: str, value: tuple[targets.Target, ...], today: date) -> list[Problem]:
    lines = whole(path, text).lines
    return [
        Problem("config_past", file=path.name, line=lines[n, "by"], day=f"{goal.by:%d/%m/%Y}")
        for n, goal in enumerate(value) if goal.by < today
    ]  # fmt: skip


def _alerts_schema() -> dict[str, Any]:
    """Severities beside rules, each of its kind."""
    kinds = tuple(alert_kinds.KINDS.values())
    union: Any = kinds[0]
    for kind in kinds[1:]:
        union |= kind
    made = TypeAdapter(dict[str, Annotated[union, Field(discriminator="kind")]]).json_schema()
    severities = TypeAdapter(dict[str, alerts.Severity]).json_schema()
    defs = made.pop("$defs") | severities.pop("$defs", {})
    return made | {"properties": {alerts.SEVERITIES: severities}, "required": [alerts.SEVERITIES], "$defs": defs}


_LIST = (
    ConfigFile("city", mark("The city"), mark("Names of the city and its centre, languages, how often is looked for "
               "newer figures."), city.kept, city.City),
    ConfigFile("stages", mark("Operating stage"), mark("The five stages of the city, and from which figures on each is "
               "reached and left."), stages.kept, stages.Stages),
    ConfigFile("alerts", mark("Alert rules"), mark("What is watched, from which figure on, what is said and who hears "
               "of it."), alerts.kept, alerts.AlertRules),
    ConfigFile("targets", mark("Targets"), mark("What is to be reached by when, and which document says so."),
               targets.kept, tuple[targets.Target, ...], hints=_past_targets),
    ConfigFile("measures", mark("Colour classes"), mark("From which value on a ward changes its class on the maps."),
               measures.kept, measures.Measures),
    ConfigFile("first_call", mark("Call first"), mark("What weighs how much in the list of wards to call first."),
               first_call.kept, first_call.FirstCall),
    ConfigFile("working_calendar", mark("Working calendar"), mark("Office hours, days off, make-up days."),
               working_calendar.kept, working_calendar.WorkingCalendar),
    ConfigFile("periods", mark("Reporting periods"), mark("On which day reporting months begin, and which periods can "
               "be chosen."), periods.kept, periods.PeriodRules),
    ConfigFile("walls", mark("Walls"), mark("Which screens each wall shows, and for how many seconds."), walls.kept,
               dict[str, walls.Wall]),
    ConfigFile("screens", mark("Screens per role"), mark("Which screens each role sees, in order; it lands on the "
               "first."), screens.kept, screens.ScreensOfRoles),
    ConfigFile("sign_in", mark("City's sign-in"), mark("Which role and districts the groups of the city's own sign-in "
               "give."), sign_in.kept, sign_in.SignIn),
    ConfigFile("source", mark("Source profile"), mark("By which mapping profile the one-stop database is read, and the "
               "values of its parameters."), source.kept, source.SourceProfile),
    ConfigFile("forms", mark("Reports and files"), mark("To whom reports go, how long files lie ready and how long "
               "they may be."), forms.kept, forms.Forms),
    ConfigFile("district", mark("District screens"), mark("From how many dossiers on a share is shown, and who counts "
               "as absent."), district.kept, district.DistrictRules),
    ConfigFile("workload", mark("Workload"), mark("From which load on an officer counts as overloaded or free."),
               workload.kept, workload.WorkloadLimits),
    ConfigFile("quality", mark("Data quality"), mark("Which dates are doubtful, and when a ward counts as silent."),
               quality.kept, quality.QualityLimits),
    ConfigFile("qd766", mark("Score of Decision 766"), mark("Groups, components, points and thresholds of the score."),
               qd766.kept, qd766.Qd766),
    ConfigFile("indicators", mark("Indicators"), mark("Name, unit, formula and source of every figure."),
               indicators.kept, dict[str, indicators.Definition]),
)  # fmt: skip
FILES: dict[str, ConfigFile] = {one.name: one for one in _LIST}


def config_file(name: str) -> ConfigFile:
    """One of FILES. Raises Problem("config_no_file")."""
    if name not in FILES:
        raise Problem("config_no_file", name=name, names=", ".join(FILES))
    return FILES[name]


def schema_text(one: ConfigFile) -> str:
    """What config/schema/<name>.json holds."""
    return json.dumps(one.schema(), ensure_ascii=False, indent=1, sort_keys=True) + "\n"
