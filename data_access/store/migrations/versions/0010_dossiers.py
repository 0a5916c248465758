"""What the list of dossiers and the search need."""

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Nothing yet."""
