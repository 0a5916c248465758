"""Generates the city: one call, everything by COPY, complete or started over."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

import psycopg

from data_access.demo.city import tables
from data_access.demo.city.arrivals import exactly_received, make_arrivals, take
from data_access.demo.city.links import link_checks, observations
from data_access.demo.city.load import copy_table, run_script
from data_access.demo.city.processing import make_lives, make_steps
from data_access.demo.city.settings import to_local
from data_access.demo.city.state import settle
from data_access.demo.city.world import dice, make_world

Progress = Callable[[float, str], None]


SURPLUS = 1.06  # drawn in excess, so that enough are left when refused and waiting ones are not counted


def is_complete(dsn: str) -> bool:
    """True when a city was generated to its end in this database."""
    with psycopg.connect(dsn) as conn:
        if conn.execute("SELECT to_regclass('onestop.trang_thai_mo_phong')").fetchone() == (None,):
            return False
        return conn.execute("SELECT hoan_tat FROM onestop.trang_thai_mo_phong").fetchone() == (True,)


def generate(dsn: str, *, dossiers: int, seed: int, now: datetime, progress: Progress) -> None:
    """Write the whole city as the one-stop product's own account (`dsn`); about 30 s for 311,000 dossiers.

    1. Wipe what an interrupted generation left. 2. Units, catalogue, offerings, officers.
    3. Draw the dossiers' lives and cut them at `now` (aware), exactly `dossiers` of them received; refused
    ones and those still before intake come on top. 4. COPY. 5. Keys, indexes, grants, ANALYZE.
    6. Last of all mark the city complete. The same seed, dossiers and now give the same rows.
    `progress` gets the fraction done (0 … 1) and a stage code.
    """
    local = to_local(now)

    progress(0.0, "schema")
    with psycopg.connect(dsn) as conn:
        conn.execute("DROP SCHEMA IF EXISTS onestop CASCADE")
    run_script(dsn, "schema.sql")

    progress(0.02, "catalogue")
    world = make_world(seed, local.astype("M8[D]"))
    units, cat, offers, officers = world.units, world.cat, world.offers, world.officers
    with ThreadPoolExecutor(1) as background:
        # the database loads while NumPy draws
        loads = [
            background.submit(copy_table, dsn, name, columns)
            for name, columns in (
                ("don_vi", tables.unit_columns(units)),
                ("thu_tuc", tables.procedure_columns(cat)),
                ("can_bo", tables.officer_columns(dice(seed, 5), units, officers, local)),
                ("cung_cap", tables.offering_columns(units, cat, offers)),
            )
        ]
        progress(0.06, "dossiers")
        a = make_arrivals(dice(seed, 6), units, cat, offers, n=round(dossiers * SURPLUS), now=local)
        lives = make_lives(dice(seed, 7), units, cat, a)
        keep = exactly_received(dice(seed, 14), units, a, lives, n=dossiers, now=local)
        a, lives = take(a, keep), take(lives, keep)
        progress(0.15, "steps")
        steps = make_steps(dice(seed, 8), cat, a, lives, local)
        state, events = settle(dice(seed, 9), cat, a, lives, steps, now=local)
        progress(0.25, "load")
        loads.append(
            background.submit(
                copy_table, dsn, "ho_so", tables.dossier_columns(dice(seed, 10), units, cat, a, lives=lives, s=state)
            )
        )
        n_steps = copy_table(dsn, "buoc_xu_ly", tables.step_columns(dice(seed, 11), officers, a, events.steps))
        progress(0.55, "load")
        copy_table(dsn, "tam_dung", tables.pause_columns(events, local))
        copy_table(dsn, "thay_doi_han", tables.redated_columns(events))
        copy_table(dsn, "danh_gia", tables.rating_columns(state))
        copy_table(dsn, "ke_hoach", tables.plan_columns(state))
        for load in loads:
            load.result()
    progress(0.70, "links")
    checks, outages = link_checks(dice(seed, 12), units, local)
    copy_table(dsn, "kiem_tra_ket_noi", checks)
    copy_table(dsn, "mat_ket_noi", outages)
    copy_table(dsn, "chi_so", observations(dice(seed, 13), units, local))

    progress(0.80, "indexes")
    run_script(dsn, "indexes.sql")
    run_script(dsn, "grants.sql")
    with psycopg.connect(dsn, autocommit=True) as conn:
        progress(0.95, "analyse")
        conn.execute("ANALYZE")
        conn.execute(
            "INSERT INTO onestop.trang_thai_mo_phong VALUES (true, true, %s, %s, %s, %s, %s, %s)",
            (seed, dossiers, now, now, len(keep), n_steps),
        )
    progress(1.0, "done")
