"""Row-level security for the store's tables; called by every migration that makes one."""

from alembic import op


def scope_table(table: str) -> None:
    """Rows are seen within the transaction's scope only: `ops.scope` is '*' or district codes, comma-separated.

    The table needs a column `district_code`. A test walks the catalogue: a table without this fails it.
    """
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY owner_works ON {table} TO CURRENT_USER USING (true) WITH CHECK (true)")
    op.execute(
        f"CREATE POLICY viewer_scope ON {table} FOR SELECT TO PUBLIC USING ("
        "(SELECT current_setting('ops.scope', true)) = '*' OR district_code = ANY "
        "(string_to_array((SELECT nullif(current_setting('ops.scope', true), '')), ',')))"
    )
