"""Imported boundaries of wards: every import with its report, and which of them was live when."""

from alembic import context, op

revision = "0014"
down_revision = "0013"

# Geometry says nothing of anyone and is served to everybody; the report is read by IT's screen alone.
BOUNDARIES = """
CREATE TABLE boundary_import (
  import_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at timestamptz NOT NULL DEFAULT now(),
  who text NOT NULL,
  file_name text NOT NULL,
  digest text NOT NULL, -- of the shapes: the version in their address
  report jsonb NOT NULL,
  shapes bytea NOT NULL -- {ward: GeoJSON coordinates of a MultiPolygon}, as JSON, zlib
);
CREATE TABLE boundary_live ( -- the newest row says what maps draw; no row: the approximate cells
  live_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at timestamptz NOT NULL DEFAULT now(),
  who text NOT NULL,
  reason text NOT NULL,
  import_id bigint REFERENCES boundary_import -- NULL: the approximate cells
);
"""


def upgrade() -> None:
    op.execute(BOUNDARIES)
    reader = context.config.attributes["reader"]
    op.execute(f'GRANT SELECT ON boundary_import, boundary_live TO "{reader}"')
