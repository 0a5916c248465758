"""What was changed in the configuration, by whom and why; filled by the configuration work."""

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Nothing yet."""
