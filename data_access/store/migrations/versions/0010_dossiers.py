"""What the list of dossiers and the search need."""

from alembic import op

revision = "0010"
down_revision = "0009"

INDEXES = """
-- Lists of what was received in a period: the newest first page by page, or of some units (queries/dossiers.py).
CREATE INDEX dossier_received ON dossier (received_day, unit_code);
-- The same of what was settled.
CREATE INDEX dossier_settled ON dossier (settled_day, unit_code) WHERE settled_day IS NOT NULL;
-- Late ones are few: among all that were settled a list of them would be long in finding.
CREATE INDEX dossier_late ON dossier (settled_day, unit_code) WHERE timeliness = 'late';
-- All open ones of the city, the oldest first; small, since only open ones are in it.
CREATE INDEX dossier_oldest ON dossier (received_day, received_at, dossier_id)
  WHERE bucket IN ('running', 'suspended');
"""

# Names without diacritics and case, as config/registry.py folds them: no extension needed, and the sync, which names
# the columns it writes, need not know of it.
FOLDED = "lower(regexp_replace(translate(normalize({name}, NFD), 'đĐ', 'dd'), '[\\u0300-\\u036f]', '', 'g'))"


def upgrade() -> None:
    """Indexes (docs/decisions/0017-dossiers.md says what they cost) and the names the search box looks through."""
    op.execute(INDEXES)
    for table, name in (("officer", "display_name"), ("procedure", "name")):
        folded = FOLDED.format(name=name)
        op.execute(f"ALTER TABLE {table} ADD COLUMN folded text GENERATED ALWAYS AS ({folded}) STORED")
