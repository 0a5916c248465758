"""Data quality as figures: sums per unit and month, dossiers that share a code, indexes that find examples."""

from alembic import op

from data_access.store.scoping import scope_table

revision = "0005"
down_revision = "0004"

TABLES = """
-- Dossiers per unit and month of receipt (0001-01-01: none), with the number of each kind of doubtful ones.
-- troubled: dossiers of any of these kinds, each once.
CREATE TABLE quality_month (
  unit_code text COLLATE "C" NOT NULL,
  month date NOT NULL,
  tier text NOT NULL,
  district_code text COLLATE "C" NOT NULL,
  dossiers integer NOT NULL DEFAULT 0,
  troubled integer NOT NULL DEFAULT 0,
  unknown_unit integer NOT NULL DEFAULT 0,
  unknown_procedure integer NOT NULL DEFAULT 0,
  unknown_status integer NOT NULL DEFAULT 0,
  no_code integer NOT NULL DEFAULT 0,
  no_receipt integer NOT NULL DEFAULT 0,
  no_end integer NOT NULL DEFAULT 0,
  finished_before_received integer NOT NULL DEFAULT 0,
  due_before_received integer NOT NULL DEFAULT 0,
  returned_before_finished integer NOT NULL DEFAULT 0,
  submitted_after_received integer NOT NULL DEFAULT 0,
  received_in_future integer NOT NULL DEFAULT 0,
  out_of_range integer NOT NULL DEFAULT 0,
  PRIMARY KEY (unit_code, month)
);

-- Received without a due date; whether that is a mistake depends on the procedure's limit.
-- alone: those that have no other mistake.
CREATE TABLE quality_no_due (
  unit_code text COLLATE "C" NOT NULL,
  procedure_code text COLLATE "C" NOT NULL,
  month date NOT NULL,
  district_code text COLLATE "C" NOT NULL,
  dossiers integer NOT NULL DEFAULT 0,
  alone integer NOT NULL DEFAULT 0,
  PRIMARY KEY (unit_code, procedure_code, month)
);

CREATE TABLE quality_step (
  unit_code text COLLATE "C" NOT NULL,
  month date NOT NULL,
  district_code text COLLATE "C" NOT NULL,
  step_backwards integer NOT NULL DEFAULT 0,
  PRIMARY KEY (unit_code, month)
);

-- Dossiers whose code another one has too. troubled, no_due: as in the tables above.
CREATE TABLE duplicate_code (
  dossier_id text COLLATE "C" PRIMARY KEY,
  dossier_code text COLLATE "C" NOT NULL,
  unit_code text COLLATE "C" NOT NULL,
  procedure_code text COLLATE "C" NOT NULL,
  month date NOT NULL,
  district_code text COLLATE "C" NOT NULL,
  troubled boolean NOT NULL,
  no_due boolean NOT NULL
);
CREATE INDEX duplicate_code_code ON duplicate_code (dossier_code);
"""

# Examples of every kind are found through these, nearly empty ones. The first holds at least what is counted:
# orders of time without their grace, dates beyond 2010 … 2035 (config/quality.py keeps its own range wider).
INDEXES = """
CREATE INDEX dossier_code ON dossier (dossier_code);
CREATE INDEX dossier_doubtful ON dossier (unit_code) WHERE
  tier = '' OR field_code = '' OR status NOT BETWEEN 1 AND 10 OR dossier_code = '?'
  OR (bucket NOT IN ('pre_intake', 'refused') AND received_at IS NULL)
  OR (bucket = 'closed' AND received_at IS NOT NULL AND finished_at IS NULL AND returned_at IS NULL)
  OR finished_at < received_at OR due_at < received_at OR returned_at < finished_at OR received_at < submitted_at
  OR updated_at < received_at
  OR received_at < TIMESTAMPTZ '2010-01-01 00:00+00' OR received_at >= TIMESTAMPTZ '2035-01-01 00:00+00'
  OR submitted_at < TIMESTAMPTZ '2010-01-01 00:00+00' OR submitted_at >= TIMESTAMPTZ '2035-01-01 00:00+00'
  OR due_at < TIMESTAMPTZ '2010-01-01 00:00+00' OR due_at >= TIMESTAMPTZ '2035-01-01 00:00+00'
  OR due_original < TIMESTAMPTZ '2010-01-01 00:00+00' OR due_original >= TIMESTAMPTZ '2035-01-01 00:00+00'
  OR finished_at < TIMESTAMPTZ '2010-01-01 00:00+00' OR finished_at >= TIMESTAMPTZ '2035-01-01 00:00+00'
  OR returned_at < TIMESTAMPTZ '2010-01-01 00:00+00' OR returned_at >= TIMESTAMPTZ '2035-01-01 00:00+00';
CREATE INDEX dossier_no_due ON dossier (unit_code, procedure_code) WHERE received_day IS NOT NULL AND due_at IS NULL;
CREATE INDEX step_backwards ON step (unit_code) WHERE finished_at < started_at;
"""


def upgrade() -> None:
    op.execute(TABLES)
    for table in ("quality_month", "quality_no_due", "quality_step", "duplicate_code"):
        scope_table(table)
    op.execute(INDEXES)
