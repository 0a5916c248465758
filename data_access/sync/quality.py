"""Data quality: codes that mean nothing here, listed with how many rows carry them, gone when resolved."""

from sqlalchemy import Connection, text

# partial indexes answer the large tables; in a good city they are nearly empty
_UNKNOWN = """
  SELECT 'unknown_unit' AS kind, 'dossier' AS entity, unit_code AS key, count(*) AS n
    FROM dossier WHERE (tier = '' OR field_code = '' OR status NOT BETWEEN 1 AND 10) AND tier = '' GROUP BY unit_code
  UNION ALL
  SELECT 'unknown_procedure', 'dossier', procedure_code, count(*)
    FROM dossier WHERE (tier = '' OR field_code = '' OR status NOT BETWEEN 1 AND 10) AND field_code = ''
   GROUP BY procedure_code
  UNION ALL
  SELECT 'unknown_status', 'dossier', status::text, count(*)
    FROM dossier WHERE (tier = '' OR field_code = '' OR status NOT BETWEEN 1 AND 10) AND status NOT BETWEEN 1 AND 10
   GROUP BY status
  UNION ALL
  SELECT 'orphan', 'step', '*', count(*) FROM step WHERE unit_code = '' HAVING count(*) > 0
  UNION ALL
  SELECT 'unknown_unit', 'officer', unit_code, count(*) FROM officer WHERE tier = '' GROUP BY unit_code
  UNION ALL
  SELECT 'unknown_tier', 'unit', unit_code, 1 FROM unit WHERE tier = ''
  UNION ALL
  SELECT 'unknown_ward', 'unit', unit_code, 1 FROM unit WHERE tier = 'commune' AND district_code = ''
  UNION ALL
  SELECT 'unknown_ward', 'link_check', ward_code, count(*) FROM link_state WHERE district_code = '' GROUP BY ward_code
"""
_LISTED = "('unknown_unit', 'unknown_procedure', 'unknown_status', 'orphan', 'unknown_tier', 'unknown_ward')"


def refresh(connection: Connection) -> None:
    """Bring the list up to the facts as they are in this transaction."""
    connection.execute(
        text(f"""
            WITH found AS ({_UNKNOWN}),
            gone AS (
              DELETE FROM data_quality q WHERE q.kind IN {_LISTED}
                 AND NOT EXISTS (SELECT FROM found f WHERE (f.kind, f.entity, f.key) = (q.kind, q.entity, q.key))
            )
            INSERT INTO data_quality AS q (kind, entity, key, detail, first_seen)
            SELECT kind, entity, key, n::text, now() FROM found
            ON CONFLICT (kind, entity, key) DO UPDATE SET detail = EXCLUDED.detail
             WHERE q.detail IS DISTINCT FROM EXCLUDED.detail
        """)
    )


def refresh_officers(connection: Connection, steps: str) -> None:
    """Officers named by steps but not known. `steps`: a SELECT of officer_id."""
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


NEW_STEPS = "SELECT unnest(s.officer_ids) AS officer_id FROM touched_step t JOIN step s USING (step_id)"
ALL_STEPS = "SELECT officer_id FROM officer_day UNION SELECT unnest(officer_ids) FROM step WHERE finished_at IS NULL"
