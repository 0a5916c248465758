"""Data quality: codes that mean nothing here, listed with how many rows carry them, gone when resolved.

Doubtful dossiers and steps are counted with the facts (store/quality_rollup.py); here are the codes
themselves, for whoever mends the source, and the dossiers that share a code.
"""

from sqlalchemy import Connection, text

from data_access.rules.quality import LEVELS, REASONS, SERVICES
from data_access.store.quality_rollup import TESTS, refresh_duplicates

# partial indexes (…_unknown) answer the large tables; in a good city they are nearly empty
_CODES = ("unknown_unit", "unknown_procedure", "unknown_status", "unknown_channel", "unknown_rating")
_DOSSIER = "(" + " OR ".join(TESTS[kind] for kind in _CODES) + ")"
_UNKNOWN = f"""
  SELECT 'unknown_unit' AS kind, 'dossier' AS entity, unit_code AS key, count(*) AS n
    FROM dossier WHERE {_DOSSIER} AND {TESTS["unknown_unit"]} GROUP BY unit_code
  UNION ALL
  SELECT 'unknown_procedure', 'dossier', procedure_code, count(*)
    FROM dossier WHERE {_DOSSIER} AND {TESTS["unknown_procedure"]}
   GROUP BY procedure_code
  UNION ALL
  SELECT 'unknown_status', 'dossier', status::text, count(*)
    FROM dossier WHERE {_DOSSIER} AND {TESTS["unknown_status"]}
   GROUP BY status
  UNION ALL
  SELECT 'unknown_channel', 'dossier', channel::text, count(*)
    FROM dossier WHERE {_DOSSIER} AND {TESTS["unknown_channel"]} GROUP BY channel
  UNION ALL
  SELECT 'unknown_rating', 'dossier', rating::text, count(*)
    FROM dossier WHERE {_DOSSIER} AND {TESTS["unknown_rating"]} GROUP BY rating
  UNION ALL
  SELECT 'unknown_reason', 'pause', reason, count(*)
    FROM pause WHERE reason NOT IN {REASONS} GROUP BY reason
  UNION ALL
  SELECT 'unknown_limit', 'procedure', procedure_code, 1
    FROM procedure WHERE limit_value IS NOT NULL AND limit_unit IS NULL
  UNION ALL
  SELECT 'unknown_level', 'offering', level::text, count(*) FROM offering WHERE level NOT IN {LEVELS} GROUP BY level
  UNION ALL
  SELECT 'orphan_step', 'step', '*', count(*) FROM step WHERE unit_code = '' HAVING count(*) > 0
  UNION ALL
  SELECT 'officer_unit', 'officer', unit_code, count(*) FROM officer WHERE tier = '' GROUP BY unit_code
  UNION ALL
  SELECT 'unknown_tier', 'unit', unit_code, 1 FROM unit WHERE tier = ''
  UNION ALL
  SELECT 'unknown_ward', 'unit', unit_code, 1 FROM unit WHERE tier = 'commune' AND district_code = ''
  UNION ALL
  SELECT 'unknown_service', 'link_check', service, count(*)
    FROM link_check WHERE service NOT IN {SERVICES} GROUP BY service
  UNION ALL
  SELECT 'link_ward', 'link_check', ward_code, count(*) FROM link_state WHERE district_code = '' GROUP BY ward_code
"""


def refresh(connection: Connection) -> None:
    """Bring the lists up to the facts as they are in this transaction; after a change of facts."""
    _refresh_codes(connection)
    refresh_duplicates(connection)


def _refresh_codes(connection: Connection) -> None:
    connection.execute(
        text(f"""
            WITH found AS ({_UNKNOWN}),
            gone AS (
              DELETE FROM data_quality q WHERE q.kind <> 'unknown_officer'
                 AND NOT EXISTS (SELECT FROM found f WHERE (f.kind, f.entity, f.key) = (q.kind, q.entity, q.key))
            )
            INSERT INTO data_quality AS q (kind, entity, key, detail, first_seen)
            SELECT kind, entity, key, n::text, now() FROM found
            ON CONFLICT (kind, entity, key) DO UPDATE SET detail = EXCLUDED.detail
             WHERE q.detail IS DISTINCT FROM EXCLUDED.detail
        """)
    )


def refresh_officers(connection: Connection, steps: str) -> None:
    """Officers named by steps but not known. `steps`: a SELECT of officer_id.

    Gone are those that are known now, and those whom no step names any more: finished steps are in
    officer_day, open ones are looked through only for what is left then.
    """
    connection.execute(
        text("DELETE FROM data_quality q WHERE q.kind = 'unknown_officer' "
             "AND EXISTS (SELECT FROM officer o WHERE o.officer_id = q.key)")
    )  # fmt: skip
    connection.execute(
        text(f"""
            INSERT INTO data_quality (kind, entity, key, first_seen)
            SELECT 'unknown_officer', 'step', n.officer_id, now()
              FROM (SELECT DISTINCT officer_id FROM ({steps}) s) n
             WHERE NOT EXISTS (SELECT FROM officer o WHERE o.officer_id = n.officer_id)
            ON CONFLICT DO NOTHING
        """)
    )
    idle = connection.execute(
        text("SELECT q.key FROM data_quality q WHERE q.kind = 'unknown_officer' "
             "AND NOT EXISTS (SELECT FROM officer_day d WHERE d.officer_id = q.key)")
    ).scalars().all()  # fmt: skip
    if idle:
        connection.execute(
            text(f"DELETE FROM data_quality WHERE kind = 'unknown_officer' AND key = ANY(:idle) "
                 f"AND key NOT IN ({OPEN_HOLDERS})"),
            {"idle": list(idle)},
        )  # fmt: skip


NEW_STEPS = "SELECT unnest(s.officer_ids) AS officer_id FROM touched_step t JOIN step s USING (step_id)"
OPEN_HOLDERS = "SELECT unnest(officer_ids) AS officer_id FROM step WHERE finished_at IS NULL"
ALL_STEPS = f"SELECT officer_id FROM officer_day UNION {OPEN_HOLDERS}"
