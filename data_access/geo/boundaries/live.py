"""Takes the boundaries that the store says are live into this process."""

from sqlalchemy import Connection

from config import shapes
from data_access.geo.boundaries import books


def take(connection: Connection) -> None:
    """Draw what the newest decision says; the approximate cells when there is none."""
    last = books.decisions(connection, 1)
    live = last[0].import_id if last else None
    shapes.use(books.shapes(connection, live) if live is not None else None)
