"""Codes of channels, ratings, pauses and links that nobody knows are counted and listed like those of statuses.

The screen of data quality is made quicker with them: sums of all times by unit, and days of wards from an index alone.
"""

from alembic import op

from data_access.store.scoping import scope_table

revision = "0018"
down_revision = "0017"

STATEMENTS = """
ALTER TABLE quality_month
  ADD COLUMN unknown_channel integer NOT NULL DEFAULT 0,
  ADD COLUMN unknown_rating integer NOT NULL DEFAULT 0;

CREATE TABLE quality_unit (LIKE quality_month INCLUDING DEFAULTS);
ALTER TABLE quality_unit DROP COLUMN month, ADD PRIMARY KEY (unit_code);

ALTER TABLE unit_day DROP CONSTRAINT unit_day_pkey,
  ADD PRIMARY KEY (unit_code, day) INCLUDE (district_code, received, settled);

-- Made anew with the conditions of 0017 and of this one more, also where an interrupted first load has put it aside.
DELETE FROM deferred_index WHERE name = 'dossier_doubtful';
DROP INDEX IF EXISTS dossier_doubtful;
CREATE INDEX dossier_doubtful ON dossier (unit_code) WHERE
  tier = '' OR field_code = '' OR status NOT BETWEEN 1 AND 10 OR channel NOT BETWEEN 1 AND 3 OR rating NOT BETWEEN 1 AND 3
  OR dossier_code = '?'
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

-- What data quality lists; nearly empty in a good city.
DELETE FROM deferred_index WHERE name = 'dossier_unknown';
DROP INDEX IF EXISTS dossier_unknown;
CREATE INDEX dossier_unknown ON dossier (unit_code, procedure_code, status)
  WHERE tier = '' OR field_code = '' OR status NOT BETWEEN 1 AND 10 OR channel NOT BETWEEN 1 AND 3
  OR rating NOT BETWEEN 1 AND 3;
CREATE INDEX pause_unknown ON pause (reason) WHERE reason NOT IN ('supplement', 'fee', 'stopped');
CREATE INDEX link_check_unknown ON link_check (service) WHERE service NOT IN ('wan', 'onestop', 'video');

-- The state of a link is kept for the kinds that have a place on a screen.
DELETE FROM link_state WHERE service NOT IN ('wan', 'onestop', 'video');
"""


def upgrade() -> None:
    """Definitions of rollups change with it, so that `migrate` counts anew where figures are published."""
    op.execute(STATEMENTS)
    scope_table("quality_unit")
