"""Rollups that keep the screens' questions quick at ten million dossiers."""

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Filled in by the work in progress of this name."""
