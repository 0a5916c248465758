"""Daily snapshots of the backlog, and the books of the reconcile pass."""

from alembic import op

from data_access.store.scoping import scope_table

revision = "0002"
down_revision = "0001"

SNAPSHOTS = """
-- The backlog at the end of each closed local day, as it was then: written once, never changed afterwards.
CREATE TABLE backlog_snapshot (
  day date NOT NULL,
  unit_code text COLLATE "C" NOT NULL,
  field_code text COLLATE "C" NOT NULL,
  tier text NOT NULL,
  district_code text COLLATE "C" NOT NULL,
  open integer NOT NULL,
  overdue integer NOT NULL,
  due_24h integer NOT NULL,
  suspended integer NOT NULL,
  PRIMARY KEY (day, unit_code, field_code)
);

-- One row a closed day, also when nothing was open. No ward in it.
CREATE TABLE snapshot_day (
  day date PRIMARY KEY,
  written_at timestamptz NOT NULL,
  as_of timestamptz NOT NULL, -- the source's instant of the facts it was reckoned from
  late boolean NOT NULL,      -- reckoned long after the day's end, after an outage
  rule text NOT NULL,
  definition text NOT NULL
);

-- The first local day that this store lived through; days before it have no snapshots.
CREATE TABLE snapshot_start (
  single boolean PRIMARY KEY DEFAULT true CHECK (single),
  day date NOT NULL
);
"""

RECONCILE = """
-- The rounds of comparing source and store: the last one of each kind and how far it got. No ward in it.
CREATE TABLE reconcile_round (
  kind text PRIMARY KEY CHECK (kind IN ('recent', 'full', 'asked')),
  started_at timestamptz NOT NULL,
  ended_at timestamptz,
  since date,    -- NULL: from the oldest row on
  next_day date, -- NULL: not begun
  every_row boolean NOT NULL DEFAULT false,
  days integer NOT NULL DEFAULT 0,
  repaired bigint NOT NULL DEFAULT 0,
  seconds double precision NOT NULL DEFAULT 0
);

-- What was found and repaired, by the day (of last change) the rows lie in. No ward in it.
CREATE TABLE reconcile_found (
  found_at timestamptz NOT NULL,
  entity text NOT NULL,
  kind text NOT NULL CHECK (kind IN ('missing', 'stale', 'gone')),
  day date NOT NULL,
  rows bigint NOT NULL
);
CREATE INDEX reconcile_found_at ON reconcile_found (found_at);

-- Days whose sums differ although their rows were compared one by one and agree (a marked deletion, a text
-- with its numbers taken out): as long as neither side's sums change, they needn't be compared again.
CREATE TABLE reconcile_known (
  entity text NOT NULL,
  day date NOT NULL,
  source_digest text NOT NULL,
  store_digest text NOT NULL,
  PRIMARY KEY (entity, day)
);

-- a day's dossiers by their last change, which is how source and store are compared
CREATE INDEX dossier_changed ON dossier (updated_at);
-- these come in order of time, so that block ranges find a day
CREATE INDEX link_check_day ON link_check USING brin (checked_at) WITH (autosummarize = on);
CREATE INDEX observation_day ON observation USING brin (at) WITH (autosummarize = on);
"""


def upgrade() -> None:
    op.execute(SNAPSHOTS)
    op.execute(RECONCILE)
    scope_table("backlog_snapshot")
