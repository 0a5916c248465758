"""Facts, rollups and the sync's own books, with row-level security on all that holds wards or persons."""

from alembic import op

from data_access.store.scoping import scope_table

revision = "0001"
down_revision = None

# Codes and ids compare byte by byte (COLLATE "C"): nobody reads their order, and indexes are twice as quick.
FACTS = """
CREATE TABLE unit (
  unit_code text COLLATE "C" PRIMARY KEY,
  name text NOT NULL,
  tier text NOT NULL CHECK (tier IN ('city', 'district', 'commune', '')), -- '': the source gave another
  parent_code text COLLATE "C",
  ward_code text COLLATE "C",
  district_code text COLLATE "C" NOT NULL DEFAULT '',
  valid_from date, valid_to date
);
CREATE INDEX unit_ward ON unit (ward_code);

CREATE TABLE procedure (
  procedure_code text COLLATE "C" PRIMARY KEY,
  name text NOT NULL,
  field_code text COLLATE "C" NOT NULL,
  field_name text NOT NULL,
  tier text NOT NULL CHECK (tier IN ('city', 'district', 'commune', '')), -- '': the source gave another
  limit_value numeric,
  limit_unit text CHECK (limit_unit IN ('hour', 'day', 'working_day', 'month')),
  same_day boolean, has_fee boolean, online_eligible boolean, iso_published boolean,
  valid_from date, valid_to date
);

CREATE TABLE offering (
  unit_code text COLLATE "C" NOT NULL,
  procedure_code text COLLATE "C" NOT NULL,
  level smallint NOT NULL, -- 2, 3, 4; 0 where the source gave none
  active_from date NOT NULL,
  active_to date, -- the first day on which it no longer holds
  on_national_portal boolean,
  district_code text COLLATE "C" NOT NULL DEFAULT '',
  PRIMARY KEY (unit_code, procedure_code, level, active_from)
);
CREATE INDEX offering_procedure ON offering (procedure_code);

CREATE TABLE officer (
  officer_id text COLLATE "C" PRIMARY KEY,
  display_name text NOT NULL,
  unit_code text COLLATE "C" NOT NULL,
  role text NOT NULL,
  active boolean NOT NULL,
  last_seen_at timestamptz,
  tier text NOT NULL DEFAULT '',
  district_code text COLLATE "C" NOT NULL DEFAULT ''
);
CREATE INDEX officer_unit ON officer (unit_code);

-- From received_day on, columns are what data_access/rules made of the row: one definition, stored once.
CREATE TABLE dossier (
  dossier_id text COLLATE "C" PRIMARY KEY,
  dossier_code text COLLATE "C" NOT NULL,
  procedure_code text COLLATE "C" NOT NULL,
  unit_received text COLLATE "C" NOT NULL,
  unit_code text COLLATE "C" NOT NULL,
  channel smallint NOT NULL,
  status smallint NOT NULL,
  received_at timestamptz,
  due_at timestamptz,
  finished_at timestamptz,
  returned_at timestamptz,
  updated_at timestamptz NOT NULL,
  submitted_at timestamptz,
  due_original timestamptz,
  matter_ward_code text COLLATE "C",
  supplement_count smallint,
  apology_count smallint,
  late_reason text,
  fee_due numeric,
  paid_online boolean, digitised_in boolean, digitised_result boolean,
  signed_digitally boolean, self_submitted boolean, eid_verified boolean,
  rating smallint,
  field_code text COLLATE "C" NOT NULL DEFAULT '',
  tier text NOT NULL DEFAULT '',
  district_code text COLLATE "C" NOT NULL DEFAULT '',
  bucket text NOT NULL CHECK (bucket IN ('pre_intake', 'refused', 'running', 'suspended', 'closed')),
  legal_due_at timestamptz,
  received_day date,
  settled_day date,
  timeliness text CHECK (timeliness IN ('early', 'on_time', 'late')),
  overdue_from date
);
CREATE INDEX dossier_open ON dossier (district_code, unit_code) WHERE bucket IN ('running', 'suspended');
-- what data quality lists; nearly empty in a good city
CREATE INDEX dossier_unknown ON dossier (unit_code, procedure_code, status)
  WHERE tier = '' OR field_code = '' OR status NOT BETWEEN 1 AND 10;

-- Dossiers the source deleted: steps and pauses of theirs that still come over are left out.
CREATE TABLE tombstone (
  dossier_id text COLLATE "C" PRIMARY KEY,
  district_code text COLLATE "C" NOT NULL DEFAULT ''
);

CREATE TABLE step (
  step_id text COLLATE "C" PRIMARY KEY,
  dossier_id text COLLATE "C" NOT NULL,
  step_name text NOT NULL,
  officer_ids text[] COLLATE "C" NOT NULL,
  started_at timestamptz,
  due_at timestamptz,
  finished_at timestamptz,
  updated_at timestamptz NOT NULL,
  finished_day date,
  unit_code text COLLATE "C" NOT NULL DEFAULT '',
  district_code text COLLATE "C" NOT NULL DEFAULT ''
);
CREATE INDEX step_dossier ON step (dossier_id);
CREATE INDEX step_open ON step (district_code, unit_code) WHERE finished_at IS NULL;
CREATE INDEX step_orphan ON step (dossier_id) WHERE unit_code = '';

CREATE TABLE pause (
  dossier_id text COLLATE "C" NOT NULL,
  from_at timestamptz NOT NULL,
  to_at timestamptz,
  reason text NOT NULL, -- supplement, fee, stopped; others are kept as they are
  district_code text COLLATE "C" NOT NULL DEFAULT '',
  PRIMARY KEY (dossier_id, from_at, reason)
);

CREATE TABLE link_check (
  ward_code text COLLATE "C" NOT NULL,
  service text COLLATE "C" NOT NULL, -- wan, onestop, video; others are kept as they are
  checked_at timestamptz NOT NULL,
  up boolean NOT NULL,
  latency_ms real,
  district_code text COLLATE "C" NOT NULL DEFAULT '',
  PRIMARY KEY (ward_code, service, checked_at)
);
-- finds the last check that saw the other state, and so since when a link is up or down
CREATE INDEX link_check_state ON link_check (ward_code, service, up, checked_at);

CREATE TABLE observation (
  indicator_code text COLLATE "C" NOT NULL,
  scope_kind text COLLATE "C" NOT NULL,
  scope_code text COLLATE "C" NOT NULL,
  at timestamptz NOT NULL,
  value double precision,
  district_code text COLLATE "C" NOT NULL DEFAULT '',
  PRIMARY KEY (indicator_code, scope_kind, scope_code, at)
);
"""

ROLLUPS = """
-- Flows per unit, field, channel and local day. Open at the end of a day = Σ received − Σ settled up to it;
-- overdue then = Σ became_overdue − Σ settled_late up to it (rule R-A). became_overdue may lie ahead.
CREATE TABLE flow_day (
  unit_code text COLLATE "C" NOT NULL,
  field_code text COLLATE "C" NOT NULL,
  channel smallint NOT NULL,
  day date NOT NULL,
  tier text NOT NULL,
  district_code text COLLATE "C" NOT NULL,
  received integer NOT NULL DEFAULT 0,
  settled_early integer NOT NULL DEFAULT 0,
  settled_on_time integer NOT NULL DEFAULT 0,
  settled_late integer NOT NULL DEFAULT 0,
  became_overdue integer NOT NULL DEFAULT 0,
  rated integer NOT NULL DEFAULT 0,
  satisfied integer NOT NULL DEFAULT 0,
  PRIMARY KEY (unit_code, field_code, channel, day)
);
CREATE INDEX flow_day_day ON flow_day (day);

-- All that a unit ever received and settled: totals need no look at years of days.
CREATE TABLE unit_total (
  unit_code text PRIMARY KEY,
  tier text NOT NULL,
  district_code text NOT NULL,
  received integer NOT NULL DEFAULT 0,
  settled integer NOT NULL DEFAULT 0
);

-- Received per unit, procedure and local month (its first day): which services are really used.
CREATE TABLE procedure_month (
  unit_code text COLLATE "C" NOT NULL,
  procedure_code text COLLATE "C" NOT NULL,
  month date NOT NULL,
  tier text NOT NULL,
  district_code text COLLATE "C" NOT NULL,
  received integer NOT NULL DEFAULT 0,
  received_online integer NOT NULL DEFAULT 0,
  PRIMARY KEY (unit_code, procedure_code, month)
);
CREATE INDEX procedure_month_month ON procedure_month (month);

-- Steps an officer finished per local day; a step held by n officers counts 1/n for each.
CREATE TABLE officer_day (
  officer_id text COLLATE "C" NOT NULL,
  day date NOT NULL,
  district_code text COLLATE "C" NOT NULL,
  steps_finished double precision NOT NULL DEFAULT 0,
  steps_with_due double precision NOT NULL DEFAULT 0,
  steps_on_time double precision NOT NULL DEFAULT 0,
  PRIMARY KEY (officer_id, day, district_code)
);
CREATE INDEX officer_day_day ON officer_day (day);

-- The latest check of each link and since when it is in that state.
CREATE TABLE link_state (
  ward_code text COLLATE "C" NOT NULL,
  service text COLLATE "C" NOT NULL,
  district_code text COLLATE "C" NOT NULL,
  checked_at timestamptz NOT NULL,
  up boolean NOT NULL,
  latency_ms real,
  since timestamptz NOT NULL,
  PRIMARY KEY (ward_code, service)
);

-- City-wide, from each day on: procedures in force, and of those offered somewhere how many have level 3 or 4
-- as their highest. No ward in it.
CREATE TABLE coverage_history (
  day date PRIMARY KEY,
  procedures integer NOT NULL,
  level3 integer NOT NULL,
  level4 integer NOT NULL
);
"""

BOOKS = """
-- One row: the figures' version and the instant (and local day) of the source they describe.
CREATE TABLE data_version (
  single boolean PRIMARY KEY DEFAULT true CHECK (single),
  version bigint NOT NULL,
  as_of timestamptz NOT NULL,
  as_of_day date NOT NULL,
  committed_at timestamptz NOT NULL
);

CREATE TABLE sync_watermark (
  entity text PRIMARY KEY,
  at timestamptz,
  key text,
  rows_read bigint NOT NULL DEFAULT 0,
  first_load_done boolean NOT NULL DEFAULT false,
  changed_at timestamptz NOT NULL
);

-- Indexes that a first load has put aside until its end, in the transaction that dropped them.
CREATE TABLE deferred_index (
  name text PRIMARY KEY,
  definition text NOT NULL
);

-- One row: what the sync is doing, for banners, health and the first load's progress bar.
CREATE TABLE sync_status (
  single boolean PRIMARY KEY DEFAULT true CHECK (single),
  state text NOT NULL CHECK (state IN ('loading', 'running', 'source_down', 'refused')),
  since timestamptz NOT NULL,
  heartbeat_at timestamptz NOT NULL,
  source_at timestamptz,
  progress double precision,
  stage text,
  problem_code text,
  problem_facts jsonb
);

-- What came over but could not be understood: kept, counted, shown; never dropped.
CREATE TABLE data_quality (
  kind text NOT NULL,
  entity text NOT NULL,
  key text NOT NULL,
  detail text,
  district_code text NOT NULL DEFAULT '',
  first_seen timestamptz NOT NULL,
  PRIMARY KEY (kind, entity, key)
);
"""

VIEWS = """
-- Open dossiers at the data's own instant. overdue, due_24h, suspended and the rest partition the open ones.
CREATE VIEW open_dossier WITH (security_invoker = true) AS
SELECT d.dossier_id, d.dossier_code, d.procedure_code, d.field_code, d.unit_code, d.tier, d.district_code,
       d.channel, d.status, d.received_at, d.received_day, d.legal_due_at, d.supplement_count, v.as_of, v.as_of_day,
       d.bucket = 'suspended' AS suspended,
       d.bucket = 'running' AND coalesce(d.overdue_from <= v.as_of_day, false)
         AS overdue,
       d.bucket = 'running'
         AND NOT coalesce(d.overdue_from <= v.as_of_day, false)
         AND coalesce(d.legal_due_at <= v.as_of + interval '24 hours', false) AS due_24h
FROM dossier d CROSS JOIN data_version v
WHERE d.bucket IN ('running', 'suspended');

-- Steps waiting for an officer: open, of a dossier that is running (a suspended one waits for the citizen).
CREATE VIEW open_step WITH (security_invoker = true) AS
SELECT s.step_id, s.dossier_id, s.step_name, s.officer_ids, s.started_at, s.due_at, s.unit_code, s.district_code,
       d.procedure_code, d.field_code, v.as_of, coalesce(s.due_at < v.as_of, false) AS overdue
FROM step s
JOIN dossier d ON d.dossier_id = s.dossier_id AND d.bucket = 'running'
CROSS JOIN data_version v
WHERE s.finished_at IS NULL;
"""

SCOPED = [
    "unit",
    "offering",
    "officer",
    "dossier",
    "tombstone",
    "step",
    "pause",
    "link_check",
    "observation",
    "flow_day",
    "procedure_month",
    "unit_total",
    "officer_day",
    "link_state",
    "data_quality",
]


def upgrade() -> None:
    for block in (FACTS, ROLLUPS, BOOKS):
        op.execute(block)
    for table in SCOPED:
        scope_table(table)
    op.execute(VIEWS)
    grant_reader()


def grant_reader() -> None:
    """The reader only reads; the schema belongs to the owner alone."""
    from alembic import context

    reader = context.config.attributes["reader"]
    op.execute("REVOKE ALL ON SCHEMA public FROM PUBLIC")
    op.execute(f'GRANT USAGE ON SCHEMA public TO "{reader}"')
    op.execute(f'GRANT SELECT ON ALL TABLES IN SCHEMA public TO "{reader}"')
    op.execute(f'ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO "{reader}"')
