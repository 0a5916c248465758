"""The source contract (DESIGN §4) as data: what each profile's SELECTs return, and nothing beyond it.

Only columns named here ever leave the source. That is the guard for personal data: an applicant's name,
ID number, phone or address has no column, so a profile that selects one selects it in vain.
"""

from dataclasses import dataclass
from typing import Final, Literal

import pyarrow as pa

Kind = Literal["text", "int", "float", "bool", "timestamp", "date", "text[]"]

ARROW: Final[dict[Kind, pa.DataType]] = {
    "text": pa.string(),
    "int": pa.int64(),
    "float": pa.float64(),
    "bool": pa.bool_(),
    "timestamp": pa.timestamp("us", tz="UTC"),
    "date": pa.date32(),
    "text[]": pa.string(),  # codes joined by commas, as databases without arrays give them
}


@dataclass(frozen=True, slots=True)
class Column:
    """One column. `allowed`: values with a meaning. check-source names others that its sample has; all others are
    listed under data quality and kept as they are, but for a limit of an unknown unit, which is no limit."""

    name: str
    kind: Kind
    required: bool = True
    allowed: tuple[str | int, ...] = ()


@dataclass(frozen=True, slots=True)
class Entity:
    """One SELECT. `watermark` orders its changes; entities without one are read whole."""

    name: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    watermark: str | None = None
    required: bool = True

    @property
    def names(self) -> list[str]:
        """Column names in contract order."""
        return [c.name for c in self.columns]

    @property
    def order(self) -> tuple[str, ...]:
        """What a batch is ordered by: the watermark, then the rest of the key."""
        rest = tuple(k for k in self.key if k != self.watermark)
        return (self.watermark, *rest) if self.watermark else rest

    def column(self, name: str) -> Column:
        """The column of that name; KeyError when the contract has none."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)

    @property
    def schema(self) -> pa.Schema:
        """The shape every batch of this entity has, whatever the source's database is."""
        return pa.schema([pa.field(c.name, ARROW[c.kind]) for c in self.columns])


def _columns(spec: str) -> tuple[Column, ...]:
    """`name:kind` words; a trailing `?` makes one optional; `=a|b` lists the allowed values."""
    columns = []
    for word in spec.split():
        head, _, values = word.partition("=")
        name, _, kind = head.partition(":")
        optional = kind.endswith("?")
        allowed = tuple(int(v) if v.lstrip("-").isdigit() else v for v in values.split("|") if v)
        columns.append(Column(name, kind.rstrip("?"), not optional, allowed))  # type: ignore[arg-type]
    return tuple(columns)


_TIERS = "city|district|commune"

UNIT = Entity(
    "unit",
    _columns(f"unit_code:text name:text tier:text={_TIERS} parent_code:text ward_code:text "
             "valid_from:date? valid_to:date?"),
    key=("unit_code",),
)  # fmt: skip
PROCEDURE = Entity(
    "procedure",
    _columns(f"procedure_code:text name:text field_code:text field_name:text tier:text={_TIERS} "
             "limit_value:float limit_unit:text=hour|day|working_day|month same_day:bool? has_fee:bool? "
             "online_eligible:bool? iso_published:bool? valid_from:date? valid_to:date?"),
    key=("procedure_code",),
)  # fmt: skip
# active_to is the first day on which the offering no longer holds.
OFFERING = Entity(
    "offering",
    _columns("unit_code:text procedure_code:text level:int=2|3|4 active_from:date active_to:date? "
             "on_national_portal:bool?"),
    key=("unit_code", "procedure_code", "level", "active_from"),
    required=False,
)  # fmt: skip
OFFICER = Entity(
    "officer",
    _columns("officer_id:text display_name:text unit_code:text role:text active:bool last_seen_at:timestamp?"),
    key=("officer_id",),
)  # fmt: skip
# rating: 1 không hài lòng, 2 hài lòng, 3 rất hài lòng. channel: 1 counter, 2 online, 3 post.
DOSSIER = Entity(
    "dossier",
    _columns("dossier_id:text dossier_code:text procedure_code:text unit_received:text unit_processing:text "
             "channel:int=1|2|3 status:int=1|2|3|4|5|6|7|8|9|10 received_at:timestamp due_at:timestamp "
             "finished_at:timestamp returned_at:timestamp updated_at:timestamp submitted_at:timestamp? "
             "due_original:timestamp? matter_ward_code:text? supplement_count:int? apology_count:int? "
             "late_reason:text? fee_due:float? paid_online:bool? digitised_in:bool? digitised_result:bool? "
             "signed_digitally:bool? self_submitted:bool? eid_verified:bool? rating:int?=1|2|3 deleted:bool?"),
    key=("dossier_id",),
    watermark="updated_at",
)  # fmt: skip
STEP = Entity(
    "step",
    _columns("step_id:text dossier_id:text step_name:text officer_ids:text[] started_at:timestamp "
             "due_at:timestamp? finished_at:timestamp updated_at:timestamp"),
    key=("step_id",),
    watermark="updated_at",
)  # fmt: skip
PAUSE = Entity(
    "pause",
    _columns("dossier_id:text from_at:timestamp to_at:timestamp reason:text=supplement|fee|stopped"),
    key=("dossier_id", "from_at", "reason"),
    required=False,
)
LINK_CHECK = Entity(
    "link_check",
    _columns("ward_code:text service:text=wan|onestop|video checked_at:timestamp up:bool latency_ms:float?"),
    key=("ward_code", "service", "checked_at"),
    watermark="checked_at",
    required=False,
)
OBSERVATION = Entity(
    "observation",
    _columns("indicator_code:text scope_kind:text scope_code:text at:timestamp value:float"),
    key=("indicator_code", "scope_kind", "scope_code", "at"),
    watermark="at",
    required=False,
)

ENTITIES: Final[dict[str, Entity]] = {
    e.name: e for e in (UNIT, PROCEDURE, OFFERING, OFFICER, DOSSIER, STEP, PAUSE, LINK_CHECK, OBSERVATION)
}
DIMENSIONS: Final[tuple[str, ...]] = ("unit", "procedure", "offering", "officer")
