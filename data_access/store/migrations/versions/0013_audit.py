"""Sign-ins, sessions and what else is kept for inspection."""

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Nothing yet."""
