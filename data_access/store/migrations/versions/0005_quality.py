"""Data quality as figures."""

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Filled in by the work in progress of this name."""
