"""Rollups that keep the screens' questions quick at ten million dossiers."""

from alembic import op

from data_access.store.scoping import scope_table

revision = "0003"
down_revision = "0002"

BOOKS = """
-- By which definitions (store/rollups.py: fingerprint) the rollups were made. One row once there are figures.
CREATE TABLE rollup_definition (
  single boolean PRIMARY KEY DEFAULT true CHECK (single),
  fingerprint text NOT NULL
);
"""

FACTS = """
-- Whether a step waits for its officers: it is open and its dossier runs (a suspended one waits for the citizen).
ALTER TABLE step ADD COLUMN waiting boolean NOT NULL DEFAULT false;
UPDATE step s SET waiting = true FROM dossier d
 WHERE d.dossier_id = s.dossier_id AND s.finished_at IS NULL AND d.bucket = 'running';

CREATE OR REPLACE VIEW open_step WITH (security_invoker = true) AS
SELECT s.step_id, s.dossier_id, s.step_name, s.officer_ids, s.started_at, s.due_at, s.unit_code, s.district_code,
       d.procedure_code, d.field_code, v.as_of, coalesce(s.due_at < v.as_of, false) AS overdue
FROM step s
JOIN dossier d ON d.dossier_id = s.dossier_id
CROSS JOIN data_version v
WHERE s.waiting;

-- One ward's open dossiers (its panel, what is stuck there). District first would need every district's part
-- of the index searched, since a scope is no equality that an index could use.
DROP INDEX dossier_open;
CREATE INDEX dossier_open ON dossier (unit_code) WHERE bucket IN ('running', 'suspended');
-- Which running dossiers come within 24 hours of their due instant, or pass their due day, as the figures'
-- instant moves on (store/moment.py); small, since only running ones are in it.
CREATE INDEX dossier_due ON dossier (legal_due_at) WHERE bucket = 'running';
-- The same for steps that wait.
CREATE INDEX step_due ON step (due_at) WHERE waiting;
-- One officer's steps: which of some ten thousand waiting ones name that officer.
CREATE INDEX step_holder ON step USING gin (officer_ids) WHERE waiting;
"""

ROLLUPS = """
-- Open dossiers as of the data's own instant (data_version.as_of): these counts move with facts and with time.
CREATE TABLE open_stock (
  unit_code text COLLATE "C" NOT NULL,
  field_code text COLLATE "C" NOT NULL,
  channel smallint NOT NULL,
  tier text NOT NULL,
  district_code text COLLATE "C" NOT NULL,
  open integer NOT NULL,
  overdue integer NOT NULL,
  due_24h integer NOT NULL,
  suspended integer NOT NULL,
  PRIMARY KEY (unit_code, field_code, channel)
);

-- flow_day's settled ones of the 28 days that end with the data's own day.
CREATE TABLE settled_recent (
  unit_code text COLLATE "C" NOT NULL,
  field_code text COLLATE "C" NOT NULL,
  channel smallint NOT NULL,
  district_code text COLLATE "C" NOT NULL,
  settled integer NOT NULL,
  PRIMARY KEY (unit_code, field_code, channel)
);

-- Steps that wait for an officer at that instant; one held by n officers counts 1/n for each.
CREATE TABLE officer_held (
  officer_id text COLLATE "C" NOT NULL,
  district_code text COLLATE "C" NOT NULL,
  steps double precision NOT NULL,
  overdue double precision NOT NULL,
  PRIMARY KEY (officer_id, district_code)
);

-- officer_day of the 28 days that end with the data's own day.
CREATE TABLE officer_recent (
  officer_id text COLLATE "C" NOT NULL,
  district_code text COLLATE "C" NOT NULL,
  finished double precision NOT NULL,
  with_due double precision NOT NULL,
  on_time double precision NOT NULL,
  PRIMARY KEY (officer_id, district_code)
);

-- Flows per unit and day, of all fields and channels.
CREATE TABLE unit_day (
  unit_code text COLLATE "C" NOT NULL,
  day date NOT NULL,
  district_code text COLLATE "C" NOT NULL,
  received integer NOT NULL,
  received_online integer NOT NULL,
  settled integer NOT NULL,
  in_time integer NOT NULL,
  PRIMARY KEY (unit_code, day)
);
-- the last days of all units (queries/silence.py)
CREATE INDEX unit_day_day ON unit_day (day);

-- Flows per district and day ('': city departments): the landing screen reads 60 days of 31 rows.
CREATE TABLE district_day (
  day date NOT NULL,
  district_code text COLLATE "C" NOT NULL,
  received integer NOT NULL,
  received_online integer NOT NULL,
  settled integer NOT NULL,
  in_time integer NOT NULL,
  rated integer NOT NULL,
  satisfied integer NOT NULL,
  became_overdue integer NOT NULL,
  settled_late integer NOT NULL,
  PRIMARY KEY (day, district_code)
);

-- From each day on (until the next one of the same unit): commune procedures that a ward offers with level 3 or
-- 4 as the highest, and how many of these were used online in the twelve months up to then.
CREATE TABLE unit_coverage (
  unit_code text COLLATE "C" NOT NULL,
  day date NOT NULL,
  district_code text COLLATE "C" NOT NULL,
  level3 integer NOT NULL,
  level4 integer NOT NULL,
  active integer NOT NULL,
  PRIMARY KEY (unit_code, day)
);

-- From each day on: how many wards of a district ('': of the city) offer a commune procedure at level 3 or 4.
CREATE TABLE procedure_coverage (
  procedure_code text COLLATE "C" NOT NULL,
  district_code text COLLATE "C" NOT NULL,
  day date NOT NULL,
  wards integer NOT NULL,
  PRIMARY KEY (procedure_code, district_code, day)
);
"""

SNAPSHOTS = """
-- Sums of backlog_snapshot, written with it: the landing screen reads thirty days of thirty rows.
CREATE TABLE backlog_day (
  day date NOT NULL,
  district_code text COLLATE "C" NOT NULL,
  open integer NOT NULL,
  overdue integer NOT NULL,
  PRIMARY KEY (day, district_code)
);
INSERT INTO backlog_day
SELECT day, district_code, sum(open), sum(overdue) FROM backlog_snapshot GROUP BY day, district_code;
"""

SCOPED = (
    "open_stock", "settled_recent", "officer_held", "officer_recent", "unit_day", "district_day", "unit_coverage",
    "procedure_coverage", "backlog_day",
)  # fmt: skip


def upgrade() -> None:
    """Tables only; `migrate` fills them when figures are published already."""
    for block in (BOOKS, FACTS, ROLLUPS, SNAPSHOTS):
        op.execute(block)
    for table in SCOPED:
        scope_table(table)
