"""Coverage by day, from offerings."""

# By day: procedures in force (one without a first day always was), and how many of the offered ones have
# level 3 or 4 as the highest level at which they are offered anywhere. Changes by day, summed up over days.
COVERAGE = """
WITH change AS (
  SELECT procedure_code, level, active_from AS day, 1 AS n FROM offering
   WHERE level >= 3 AND (active_to IS NULL OR active_to > active_from)
  UNION ALL
  SELECT procedure_code, level, active_to, -1 FROM offering WHERE level >= 3 AND active_to > active_from
), by_day AS (
  SELECT procedure_code, day, sum(n) FILTER (WHERE level = 3) AS n3, sum(n) FILTER (WHERE level = 4) AS n4
    FROM change GROUP BY procedure_code, day
), state AS (
  SELECT procedure_code, day, (coalesce(sum(n4) OVER w, 0) > 0)::int AS level4,
         (coalesce(sum(n3) OVER w, 0) > 0 AND coalesce(sum(n4) OVER w, 0) = 0)::int AS level3
    FROM by_day WINDOW w AS (PARTITION BY procedure_code ORDER BY day)
), step AS (
  SELECT day, 0 AS procedures, level3 - coalesce(lag(level3) OVER w, 0) AS level3,
         level4 - coalesce(lag(level4) OVER w, 0) AS level4
    FROM state WINDOW w AS (PARTITION BY procedure_code ORDER BY day)
  UNION ALL
  SELECT coalesce(valid_from, DATE '1945-09-02'), 1, 0, 0 FROM procedure
  UNION ALL
  SELECT valid_to, -1, 0, 0 FROM procedure WHERE valid_to IS NOT NULL
), total AS (
  SELECT day, sum(procedures) AS procedures, sum(level3) AS level3, sum(level4) AS level4
    FROM step GROUP BY day HAVING count(*) FILTER (WHERE procedures <> 0 OR level3 <> 0 OR level4 <> 0) > 0
)
SELECT day, sum(procedures) OVER w AS procedures, sum(level3) OVER w AS level3, sum(level4) OVER w AS level4
  FROM total WINDOW w AS (ORDER BY day)
"""
