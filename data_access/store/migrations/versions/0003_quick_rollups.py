"""Rollups that keep the screens' questions quick at ten million dossiers."""

from alembic import op

revision = "0003"
down_revision = "0002"

BOOKS = """
-- By which definitions (store/rollups.py: fingerprint) the rollups were made. One row once there are figures.
CREATE TABLE rollup_definition (
  single boolean PRIMARY KEY DEFAULT true CHECK (single),
  fingerprint text NOT NULL
);
"""


def upgrade() -> None:
    """Tables only; `migrate` fills them when figures are published already."""
    op.execute(BOOKS)
