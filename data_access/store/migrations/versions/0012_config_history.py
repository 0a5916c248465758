"""What was changed in the configuration, by whom and why."""

from alembic import op

from data_access.store.scoping import scope_table

revision = "0012"
down_revision = "0011"

CHANGES = """
-- district_code '': seen city-wide only. person '': the file was edited by hand, beside the application.
CREATE TABLE config_change (
  change_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  file text NOT NULL, -- config/files.py: FILES
  at timestamptz NOT NULL DEFAULT clock_timestamp(),
  person text NOT NULL,
  why text NOT NULL,
  kind text NOT NULL CHECK (kind IN ('saved', 'by_hand', 'restored')),
  before text NOT NULL,
  after text NOT NULL,
  from_change bigint, -- of a restored one: the change whose text it brought back
  district_code text COLLATE "C" NOT NULL DEFAULT ''
);
CREATE INDEX config_change_file ON config_change (file, change_id DESC);

CREATE FUNCTION config_change_stays() RETURNS trigger LANGUAGE plpgsql AS
  $$ BEGIN RAISE EXCEPTION 'config_change is only added to'; END $$;
CREATE TRIGGER config_change_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON config_change
  EXECUTE FUNCTION config_change_stays();
"""


def upgrade() -> None:
    """The table; not even its owner changes what stands in it."""
    op.execute(CHANGES)
    scope_table("config_change")
