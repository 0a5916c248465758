"""Wall devices with their heartbeat, the operating stage with its history, and arrivals by hour."""

from alembic import op

from data_access.store.scoping import scope_table

revision = "0006"
down_revision = "0005"

# No ward and no person in these: a device is a thing, a stage is the city's.
WALLS = """
-- One row an issued token. The token itself is shown once and stored as its digest only.
CREATE TABLE wall_device (
  device_id text PRIMARY KEY,
  name text NOT NULL,
  token_digest text NOT NULL UNIQUE,
  issued_at timestamptz NOT NULL DEFAULT now(),
  signed_in_at timestamptz, -- when the token was exchanged for the device's cookie; once
  revoked_at timestamptz,
  heartbeat_at timestamptz,
  wall text,
  width integer, -- of the browser's page, in CSS pixels
  height integer
);
CREATE UNIQUE INDEX wall_device_name ON wall_device (name) WHERE revoked_at IS NULL;

-- One row: the stage in force, the criterion that set it, and the memory of every criterion.
CREATE TABLE stage_now (
  single boolean PRIMARY KEY DEFAULT true CHECK (single),
  stage smallint NOT NULL CHECK (stage BETWEEN 1 AND 5),
  criterion text, -- NULL at stage 1
  value double precision,
  since timestamptz NOT NULL, -- of this stage
  looked_at timestamptz NOT NULL,
  memory jsonb NOT NULL
);

-- When it changed, from what to what, and why.
CREATE TABLE stage_history (
  at timestamptz NOT NULL,
  was smallint,
  stage smallint NOT NULL,
  criterion text,
  value double precision,
  PRIMARY KEY (at)
);
"""

ARRIVALS = """
-- Received per local day, hour of the day and district: today against the usual course of a day.
CREATE TABLE arrival_hour (
  day date NOT NULL,
  hour smallint NOT NULL,
  district_code text COLLATE "C" NOT NULL,
  received integer NOT NULL DEFAULT 0,
  received_online integer NOT NULL DEFAULT 0,
  PRIMARY KEY (day, hour, district_code)
);
"""


def upgrade() -> None:
    op.execute(WALLS)
    op.execute(ARRIVALS)
    scope_table("arrival_hour")
    # The screens' role needs no digests; what it may see of devices it is told by data_access/devices.py.
    from alembic import context

    reader = context.config.attributes["reader"]
    op.execute(f'REVOKE SELECT ON wall_device FROM "{reader}"')
