"""What the score of Decision 766 counts."""

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Filled in by the work in progress of this name."""
