"""What was exported by whom."""

from alembic import op

from data_access.store.scoping import scope_table

revision = "0009"
down_revision = "0008"

# The screens' role may add a row of its own scope and read those; nobody but the owner can change one.
EXPORTS = """
CREATE TABLE export_log (
  export_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at timestamptz NOT NULL DEFAULT now(),
  username text NOT NULL,
  role text NOT NULL,
  scope text NOT NULL, -- '*' or district codes, as in ops.scope
  form text NOT NULL,
  format text NOT NULL CHECK (format IN ('xlsx', 'csv', 'pdf')),
  lang text NOT NULL,
  district_code text COLLATE "C" NOT NULL, -- of the place exported; '': the whole scope of a wider viewer
  ward_code text COLLATE "C",
  dossier_code text,
  period text, -- its code; NULL where the form is of the present instant
  rows integer NOT NULL,
  version bigint NOT NULL,
  as_of timestamptz NOT NULL,
  rule text NOT NULL
);
CREATE INDEX export_log_at ON export_log (at);
"""


def upgrade() -> None:
    op.execute(EXPORTS)
    scope_table("export_log")
    op.execute("""
        CREATE POLICY viewer_notes ON export_log FOR INSERT TO PUBLIC WITH CHECK (
          scope = (SELECT current_setting('ops.scope', true))
          AND (scope = '*' OR district_code = '' OR district_code = ANY (string_to_array(nullif(scope, ''), ','))))
    """)
    from alembic import context

    reader = context.config.attributes["reader"]
    op.execute(f'GRANT INSERT ON export_log TO "{reader}"')
