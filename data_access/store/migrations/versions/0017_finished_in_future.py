"""Dossiers that were finished later than their record was written: a count of its own.

The index of doubtful dossiers is made anew once for this and the next migration, in 0018.
"""

from alembic import op

revision = "0017"
down_revision = "0016"

STATEMENTS = """
ALTER TABLE quality_month ADD COLUMN finished_in_future integer NOT NULL DEFAULT 0;
"""


def upgrade() -> None:
    """The rollup's definition changes with it, so that `migrate` counts anew where figures are published."""
    op.execute(STATEMENTS)
