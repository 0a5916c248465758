"""What was exported by whom."""

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Nothing yet."""
