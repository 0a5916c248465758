"""Daily snapshots of the backlog, and the books of the reconcile pass."""

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Filled in by the work in progress of this name."""
