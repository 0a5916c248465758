"""What the score of Decision 766 counts."""

from alembic import op

from config.settings import settings
from data_access.store.scoping import scope_table

revision = "0004"
down_revision = "0003"

FLOWS = """
  month date NOT NULL,
  procedure_code text COLLATE "C" NOT NULL,
  {place}
  received integer NOT NULL DEFAULT 0,
  online integer NOT NULL DEFAULT 0,
  online_result integer NOT NULL DEFAULT 0, -- of these, with a result file
  digitised_in integer NOT NULL DEFAULT 0,
  eid_verified integer NOT NULL DEFAULT 0,
  fee_owed integer NOT NULL DEFAULT 0, -- the fee isn't 0
  paid_online integer NOT NULL DEFAULT 0, -- of these
  done integer NOT NULL DEFAULT 0, -- codes 9, 10; by the month of settling, as the next three
  done_result integer NOT NULL DEFAULT 0,
  done_both integer NOT NULL DEFAULT 0,
  done_seconds bigint NOT NULL DEFAULT 0,
  in_known integer NOT NULL DEFAULT 0, -- rows in which the source says anything
  eid_known integer NOT NULL DEFAULT 0,
  paid_known integer NOT NULL DEFAULT 0,
  result_known integer NOT NULL DEFAULT 0,
"""

TABLES = f"""
-- Per unit, local month and procedure; wards are asked for, so the unit leads.
CREATE TABLE qd766_unit_month (
  unit_code text COLLATE "C" NOT NULL,
  {FLOWS.format(place='tier text NOT NULL, district_code text COLLATE "C" NOT NULL,')}
  PRIMARY KEY (unit_code, month, procedure_code)
);

-- The same per district: the city and its districts are asked for by month, and 30 districts are few rows.
CREATE TABLE qd766_district_month (
  district_code text COLLATE "C" NOT NULL,
  {FLOWS.format(place="")}
  PRIMARY KEY (month, district_code, procedure_code)
);

-- Rule R-C per unit and local month. At the end of a month: open = Σ received − Σ settled up to it, and overdue of
-- these = Σ late_open up to it (late_open: how many more are open and late than a month before).
CREATE TABLE qd766_timely (
  unit_code text COLLATE "C" NOT NULL,
  month date NOT NULL,
  tier text NOT NULL,
  district_code text COLLATE "C" NOT NULL,
  received integer NOT NULL DEFAULT 0, -- those with a due date; the others are left out by the rule
  without_due integer NOT NULL DEFAULT 0,
  settled_on_time integer NOT NULL DEFAULT 0,
  settled_late integer NOT NULL DEFAULT 0,
  late_open integer NOT NULL DEFAULT 0,
  PRIMARY KEY (unit_code, month)
);

-- The instants at which dossiers that are open now become late under R-C (+) or in time again (−): late now is the
-- sum up to now, whatever the instant.
CREATE TABLE qd766_open (
  unit_code text COLLATE "C" NOT NULL,
  at timestamptz NOT NULL,
  tier text NOT NULL,
  district_code text COLLATE "C" NOT NULL,
  late integer NOT NULL DEFAULT 0,
  PRIMARY KEY (unit_code, at)
);
"""


def upgrade() -> None:
    """The tables, and the first day of an instant's month on the city's clock."""
    zone = settings().tz.key  # a name that zoneinfo knows, so nothing that could break out of the quotes
    op.execute(
        "CREATE FUNCTION local_month(at timestamptz) RETURNS date LANGUAGE sql IMMUTABLE PARALLEL SAFE "
        f"RETURN date_trunc('month', at AT TIME ZONE '{zone}')::date"
    )
    op.execute(TABLES)
    for table in ("qd766_unit_month", "qd766_district_month", "qd766_timely", "qd766_open"):
        scope_table(table)
