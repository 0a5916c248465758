"""What keeps the questions flat: sums by district that no years of units need be read for, and two indexes."""

from alembic import op

from data_access.store.scoping import scope_table

revision = "0016"
down_revision = "0015"

ROLLUPS = """
-- All that district_day knows: a unit's days, without its fields and channels.
ALTER TABLE unit_day
  ADD COLUMN rated integer NOT NULL DEFAULT 0,
  ADD COLUMN satisfied integer NOT NULL DEFAULT 0,
  ADD COLUMN became_overdue integer NOT NULL DEFAULT 0,
  ADD COLUMN settled_late integer NOT NULL DEFAULT 0;

-- flow_day by district, tier and field; once more as district '*' for the whole city, which only its viewers see.
CREATE TABLE field_day (
  district_code text COLLATE "C" NOT NULL,
  day date NOT NULL,
  tier text COLLATE "C" NOT NULL,
  field_code text COLLATE "C" NOT NULL,
  received integer NOT NULL,
  received_online integer NOT NULL,
  settled_early integer NOT NULL,
  settled_on_time integer NOT NULL,
  settled_late integer NOT NULL,
  became_overdue integer NOT NULL,
  PRIMARY KEY (district_code, day, tier, field_code)
);

-- qd766_district_month by year (its first day): a year to date is one of these, not eleven months.
CREATE TABLE qd766_district_year (LIKE qd766_district_month INCLUDING DEFAULTS);
ALTER TABLE qd766_district_year RENAME COLUMN month TO year;
ALTER TABLE qd766_district_year ADD PRIMARY KEY (year, district_code, procedure_code);
"""

INDEXES = """
-- A unit's dossiers that are overdue, longest first: the oldest of each unit is one look, and what is stuck at a few
-- units needn't be sought among all that is overdue. Running dossiers only, so it stays small.
CREATE INDEX dossier_overdue ON dossier (unit_code, overdue_from) WHERE bucket = 'running';
"""


def upgrade() -> None:
    """Tables and indexes only; `migrate` fills them when figures are published already."""
    for block in (ROLLUPS, INDEXES):
        op.execute(block)
    for table in ("field_day", "qd766_district_year"):
        scope_table(table)
