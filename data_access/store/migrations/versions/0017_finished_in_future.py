"""Dossiers that were finished later than their record was written: a count of its own, and among the doubtful."""

from alembic import op

revision = "0017"
down_revision = "0016"

STATEMENTS = """
ALTER TABLE quality_month ADD COLUMN finished_in_future integer NOT NULL DEFAULT 0;

-- Made anew with one condition more, also where an interrupted first load has put it aside.
DELETE FROM deferred_index WHERE name = 'dossier_doubtful';
DROP INDEX IF EXISTS dossier_doubtful;
CREATE INDEX dossier_doubtful ON dossier (unit_code) WHERE
  tier = '' OR field_code = '' OR status NOT BETWEEN 1 AND 10 OR dossier_code = '?'
  OR (bucket NOT IN ('pre_intake', 'refused') AND received_at IS NULL)
  OR (bucket = 'closed' AND received_at IS NOT NULL AND finished_at IS NULL AND returned_at IS NULL)
  OR finished_at < received_at OR due_at < received_at OR returned_at < finished_at OR received_at < submitted_at
  OR updated_at < received_at OR updated_at < finished_at
  OR received_at < TIMESTAMPTZ '2010-01-01 00:00+00' OR received_at >= TIMESTAMPTZ '2035-01-01 00:00+00'
  OR submitted_at < TIMESTAMPTZ '2010-01-01 00:00+00' OR submitted_at >= TIMESTAMPTZ '2035-01-01 00:00+00'
  OR due_at < TIMESTAMPTZ '2010-01-01 00:00+00' OR due_at >= TIMESTAMPTZ '2035-01-01 00:00+00'
  OR due_original < TIMESTAMPTZ '2010-01-01 00:00+00' OR due_original >= TIMESTAMPTZ '2035-01-01 00:00+00'
  OR finished_at < TIMESTAMPTZ '2010-01-01 00:00+00' OR finished_at >= TIMESTAMPTZ '2035-01-01 00:00+00'
  OR returned_at < TIMESTAMPTZ '2010-01-01 00:00+00' OR returned_at >= TIMESTAMPTZ '2035-01-01 00:00+00';
"""


def upgrade() -> None:
    """The rollup's definition changes with it, so that `migrate` counts anew where figures are published."""
    op.execute(STATEMENTS)
