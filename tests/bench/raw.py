"""The screens' questions asked of the raw rows: dossiers, steps and offerings, no rollup; one list a screen.

Written as the figures are defined, and run with PostgreSQL's own settings (parallel workers too): once as rows lie in
a table, once with the store's own indexes, which are made for such questions as rollups are. :today is the local day
of the figures; :ward, :district and :officer are what the screen has chosen, :first to :last and :before_first to
:before_last its periods, :year the year's first day. Where a screen asks more than is asked here, what is left out
would make the raw rows slower still.
"""

from data_access.store.quality_rollup import BACKWARDS, TESTS, TROUBLED, filled

SETTLED = "d.settled_day > CAST(:today AS date) - 28 AND d.settled_day <= :today"
COUNTS = """count(*) AS open, count(*) FILTER (WHERE overdue) AS overdue, count(*) FILTER (WHERE due_24h) AS due_24h,
  count(*) FILTER (WHERE suspended) AS suspended"""
LIVE = "o.active_from <= :today AND (o.active_to IS NULL OR o.active_to > :today)"
VALID = "(p.valid_from IS NULL OR p.valid_from <= :today) AND (p.valid_to IS NULL OR p.valid_to > :today)"
HELD = """
  SELECT h.officer_id, sum(1.0 / cardinality(s.officer_ids)) AS steps,
         sum(CASE WHEN s.overdue THEN 1.0 / cardinality(s.officer_ids) ELSE 0 END) AS overdue
  FROM (SELECT s.officer_ids, coalesce(s.due_at < v.as_of, false) AS overdue
          FROM step s JOIN dossier d ON d.dossier_id = s.dossier_id AND d.bucket = 'running' CROSS JOIN data_version v
         WHERE s.finished_at IS NULL) s
 CROSS JOIN LATERAL unnest(s.officer_ids) AS h(officer_id) GROUP BY h.officer_id
"""
MOVES = """
SELECT day, sum(received) AS received, sum(settled) AS settled, sum(late) AS late FROM (
  SELECT received_day AS day, 1 AS received, 0 AS settled, 0 AS late FROM dossier
   WHERE received_day > CAST(:today AS date) - 31 AND received_day <= :today
  UNION ALL SELECT settled_day, 0, 1, -(timeliness = 'late')::int FROM dossier
   WHERE settled_day > CAST(:today AS date) - 31 AND settled_day <= :today
  UNION ALL SELECT overdue_from, 0, 0, 1 FROM dossier
   WHERE overdue_from > CAST(:today AS date) - 31 AND overdue_from <= :today) x GROUP BY day
"""

STOCK = f"SELECT d.unit_code, {COUNTS} FROM open_dossier d GROUP BY 1"
FLOWS = """
SELECT unit_code, sum(received) AS received, sum(received_online) AS received_online, sum(settled) AS settled,
       sum(in_time) AS in_time, sum(rated) AS rated, sum(satisfied) AS satisfied FROM (
  SELECT unit_code, 1 AS received, (channel = 2)::int AS received_online, 0 AS settled, 0 AS in_time, 0 AS rated,
         0 AS satisfied
    FROM dossier WHERE received_day BETWEEN :first AND :last
  UNION ALL SELECT unit_code, 0, 0, 1, (timeliness <> 'late')::int, coalesce(rating BETWEEN 1 AND 3, false)::int,
                   coalesce(rating BETWEEN 2 AND 3, false)::int
    FROM dossier WHERE settled_day BETWEEN :first AND :last) x GROUP BY unit_code
"""
FORM = """
SELECT tier, field_code, count(*) FILTER (WHERE received_day >= :year AND received_day <= :today) AS new,
       count(*) FILTER (WHERE settled AND timeliness = 'early') AS early,
       count(*) FILTER (WHERE settled AND timeliness = 'on_time') AS on_time,
       count(*) FILTER (WHERE settled AND timeliness = 'late') AS late,
       count(*) FILTER (WHERE bucket IN ('running', 'suspended')) AS still_open,
       count(*) FILTER (WHERE bucket = 'running' AND overdue_from <= :today) AS overdue
  FROM (SELECT *, coalesce(settled_day >= :year AND settled_day <= :today, false) AS settled FROM dossier
         WHERE received_day >= :year OR settled_day >= :year OR bucket IN ('running', 'suspended')) d
 GROUP BY tier, field_code
"""
QUALITY = filled(f"""
SELECT unit_code, count(*) AS dossiers, count(*) FILTER (WHERE {TROUBLED}) AS troubled,
       {", ".join(f"count(*) FILTER (WHERE {test}) AS {kind}" for kind, test in TESTS.items())}
  FROM dossier GROUP BY unit_code
""")
PLACES = [  # of all units, since a ward's figures stand beside medians of all; of its period before and trend without
    STOCK, FLOWS, FLOWS.replace(":first", ":before_first").replace(":last", ":before_last"),
]  # fmt: skip

RAW: dict[str, list[str]] = {
    "overview": [
        f"""SELECT u.ward_code, d.unit_code, {COUNTS} FROM open_dossier d LEFT JOIN unit u USING (unit_code)
             GROUP BY 1, 2""",
        """SELECT count(*) FILTER (WHERE received_day = :today),
                  count(*) FILTER (WHERE received_day = :today AND channel = 2),
                  count(*) FILTER (WHERE received_day > CAST(:today AS date) - 30),
                  count(*) FILTER (WHERE received_day > CAST(:today AS date) - 30 AND channel = 2)
             FROM dossier WHERE received_day > CAST(:today AS date) - 60 AND received_day <= :today""",
        """SELECT settled_day > CAST(:today AS date) - 30 AS recent, count(*),
                  count(*) FILTER (WHERE timeliness <> 'late'),
                  count(*) FILTER (WHERE rating BETWEEN 1 AND 3), count(*) FILTER (WHERE rating BETWEEN 2 AND 3)
             FROM dossier WHERE settled_day > CAST(:today AS date) - 60 AND settled_day <= :today GROUP BY 1""",
        "SELECT tier, count(*), min(received_day) FROM dossier WHERE received_day IS NOT NULL GROUP BY tier",
        MOVES,
        """SELECT service, count(*) FILTER (WHERE NOT up)
             FROM (SELECT DISTINCT ON (ward_code, service) ward_code, service, up FROM link_check
             ORDER BY ward_code, service, checked_at DESC) x GROUP BY service""",
        """SELECT d.unit_code, d.field_code, s.step_name, count(*) FROM open_dossier d JOIN step s USING (dossier_id)
            WHERE d.overdue AND s.finished_at IS NULL GROUP BY 1, 2, 3""",
        f"""WITH held AS ({HELD}) SELECT o.*, held.* FROM held JOIN officer o USING (officer_id)
             ORDER BY steps DESC LIMIT 10""",
    ],
    "coverage": [
        f"""WITH offered AS (
              SELECT o.unit_code, o.procedure_code, max(o.level) AS level
                FROM offering o JOIN procedure p USING (procedure_code)
               WHERE {LIVE} AND p.tier = 'commune' AND {VALID} GROUP BY 1, 2
            ), used AS (
              SELECT DISTINCT unit_code, procedure_code FROM dossier WHERE channel = 2
                 AND received_day >= date_trunc('month', CAST(:today AS date) - interval '11 months')
                 AND received_day <= :today)
            SELECT u.ward_code, count(*) FILTER (WHERE f.level = 3), count(*) FILTER (WHERE f.level = 4),
                   count(*) FILTER (WHERE f.level >= 3 AND used.procedure_code IS NOT NULL)
              FROM unit u LEFT JOIN offered f USING (unit_code) LEFT JOIN used USING (unit_code, procedure_code)
             WHERE u.ward_code IS NOT NULL GROUP BY u.ward_code""",
        f"""SELECT p.procedure_code, count(o.unit_code) AS wards FROM procedure p LEFT JOIN (
              SELECT DISTINCT o.unit_code, o.procedure_code FROM offering o JOIN unit u USING (unit_code)
               WHERE u.ward_code IS NOT NULL AND o.level >= 3 AND {LIVE}) o USING (procedure_code)
            WHERE p.tier = 'commune' AND {VALID} GROUP BY 1 ORDER BY wards""",
        "SELECT min(received_day) FROM dossier",
        f"""SELECT o.procedure_code, max(o.level) FROM offering o JOIN unit u USING (unit_code)
             WHERE u.ward_code = :ward AND {LIVE} GROUP BY 1""",
    ],
    "backlog": [
        f"""SELECT u.unit_code, u.ward_code, u.name, {COUNTS} FROM open_dossier d JOIN unit u USING (unit_code)
             GROUP BY 1, 2, 3""",
        f"SELECT d.unit_code, count(*) FROM dossier d WHERE {SETTLED} GROUP BY 1",
        f"SELECT {COUNTS} FROM open_dossier d JOIN unit u USING (unit_code) WHERE u.ward_code = :ward",
        f"""SELECT d.procedure_code, min(p.name), {COUNTS} FROM open_dossier d JOIN unit u USING (unit_code)
              LEFT JOIN procedure p USING (procedure_code) WHERE u.ward_code = :ward GROUP BY 1""",
        """SELECT count(*) FILTER (WHERE received_day > CAST(:today AS date) - 30), count(*) FILTER (WHERE channel = 2),
                  count(*) FILTER (WHERE settled_day > CAST(:today AS date) - 30 AND timeliness <> 'late')
             FROM dossier d JOIN unit u USING (unit_code) WHERE u.ward_code = :ward
              AND (received_day > CAST(:today AS date) - 30 OR settled_day > CAST(:today AS date) - 30)""",
        """SELECT d.* FROM open_dossier d JOIN unit u USING (unit_code) WHERE u.ward_code = :ward
            ORDER BY d.received_at LIMIT 8""",
    ],
    "workload": [
        f"""WITH held AS ({HELD}), done AS (
              SELECT h.officer_id, sum(1.0 / cardinality(s.officer_ids)) AS finished,
                     sum((s.due_at IS NOT NULL)::int * 1.0 / cardinality(s.officer_ids)) AS with_due,
                     sum((s.finished_at <= s.due_at)::int * 1.0 / cardinality(s.officer_ids)) AS on_time
                FROM step s CROSS JOIN LATERAL unnest(s.officer_ids) AS h(officer_id)
               WHERE s.finished_day > CAST(:today AS date) - 28 AND s.finished_day <= :today GROUP BY h.officer_id)
            SELECT o.*, u.name, held.*, done.* FROM officer o LEFT JOIN held USING (officer_id)
              LEFT JOIN done USING (officer_id) LEFT JOIN unit u ON u.unit_code = o.unit_code""",
        """SELECT s.step_id, d.dossier_code, s.step_name, s.due_at FROM step s JOIN dossier d USING (dossier_id)
            WHERE s.finished_at IS NULL AND d.bucket = 'running' AND :officer = ANY (s.officer_ids)""",
    ],
    "forms_ii06a_year": [FORM],
    "quality": [QUALITY, filled(f"SELECT unit_code, count(*) FROM step s WHERE {BACKWARDS} GROUP BY 1")],
    "district": PLACES,
    "compare": PLACES,
}  # fmt: skip
RAW["ward"] = [*PLACES, *RAW["backlog"][2:]]
RAW["wall_now"] = [*RAW["overview"], STOCK]
RAW["wall_backlog"] = [*RAW["backlog"][:2], MOVES]
RAW["wall_coverage"] = RAW["coverage"][:3]
RAW["wall_workload"] = RAW["workload"][:1]
