"""What the quick questions need."""

from alembic import op

from data_access.store.scoping import scope_table

revision = "0008"
down_revision = "0007"

OFFERS = """
-- From when to when (exclusive) a procedure is offered at level 3 or 4 in a district: the city's score of Decision 766
-- needn't read every unit's offerings.
CREATE TABLE offer_span (
  district_code text COLLATE "C" NOT NULL,
  procedure_code text COLLATE "C" NOT NULL,
  from_day date NOT NULL,
  to_day date,
  PRIMARY KEY (district_code, procedure_code, from_day)
);
"""


def upgrade() -> None:
    """The table only; `migrate` fills it when figures are published already."""
    op.execute(OFFERS)
    scope_table("offer_span")
