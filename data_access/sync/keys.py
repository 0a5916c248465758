"""Keys after a COPY without them: made again once an entity is in, rows that came twice resolved before.

A row comes twice when the source's SELECT gives it twice, or when it changed while a load was interrupted.
"""

from collections.abc import Iterator

from sqlalchemy import Connection, text
from sqlalchemy.exc import IntegrityError

from data_access.source.contract import Entity
from data_access.store import books

CHUNK = 10_000


def restore(store: Connection, entity: Entity) -> None:
    """Make the key of an entity's table again; of rows that came twice the last one stays.

    1. try: making the index costs little and nearly always succeeds; 2. else drop the earlier ones (by the
    watermark, then in the order of arrival) and make it.
    """
    try:
        with store.begin_nested():
            books.restore_key(store, entity.name)
    except IntegrityError:
        _keep_one(store, entity, "DESC")
        books.restore_key(store, entity.name)


def restore_dossiers(store: Connection, entity: Entity) -> Iterator[list[str]]:
    """Make the dossiers' key again and give the ids, some at a time, that must be read from the source again.

    Those are the ones that came twice (the first one stays for its due date, see `facts.stored_first_due`)
    and those that came both deleted and not. Ones that the source no longer has stay deleted.
    """
    store.execute(text('CREATE TEMP TABLE again (dossier_id text COLLATE "C" PRIMARY KEY) ON COMMIT DROP'))
    try:
        with store.begin_nested():
            books.restore_key(store, entity.name)
    except IntegrityError:
        store.execute(text("INSERT INTO again SELECT dossier_id FROM dossier GROUP BY dossier_id HAVING count(*) > 1"))
        _keep_one(store, entity, "ASC")
        books.restore_key(store, entity.name)
    store.execute(
        text("INSERT INTO again SELECT dossier_id FROM tombstone JOIN dossier USING (dossier_id) "
             "ON CONFLICT DO NOTHING")
    )  # fmt: skip
    last = ""
    some = text("SELECT dossier_id FROM again WHERE dossier_id > :last ORDER BY dossier_id LIMIT :n")
    while ids := store.execute(some, {"last": last, "n": CHUNK}).scalars().all():
        yield list(ids)
        last = ids[-1]
    store.execute(text("DELETE FROM dossier d USING tombstone t WHERE t.dossier_id = d.dossier_id"))


def _keep_one(store: Connection, entity: Entity, order: str) -> None:
    keys = ", ".join(entity.key)
    by = f"{entity.watermark} {order}, " if entity.watermark and entity.watermark not in entity.key else ""
    store.execute(
        text(f"""
            DELETE FROM {entity.name} WHERE ctid = ANY (ARRAY(
              SELECT ctid FROM (SELECT ctid, row_number() OVER (PARTITION BY {keys} ORDER BY {by}ctid {order}) AS n
                                  FROM {entity.name}) r WHERE n > 1))
        """)
    )
