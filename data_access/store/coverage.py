"""Coverage by day, from offerings: of the city, of each unit, of each procedure.

Each is a list of the days on which something changes; a row holds until the next one of its unit or procedure.
"""

# By day: procedures in force (one without a first day always was), and how many of the offered ones have
# level 3 or 4 as the highest level at which they are offered anywhere. Changes by day, summed up over days.
COVERAGE = """
WITH change AS (
  SELECT procedure_code, level, active_from AS day, 1 AS n FROM offering
   WHERE level IN (3, 4) AND (active_to IS NULL OR active_to > active_from)
  UNION ALL
  SELECT procedure_code, level, active_to, -1 FROM offering WHERE level IN (3, 4) AND active_to > active_from
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

# Which commune procedures a ward's unit offers at level 3 or 4, and from which day to which: an offering counts
# while its procedure is in force. {units} restricts to some units.
_OFFERED = """
live AS (
  SELECT u.unit_code, u.district_code, o.procedure_code, o.level, greatest(o.active_from, p.valid_from) AS since,
         coalesce(least(o.active_to, p.valid_to), 'infinity') AS until
    FROM offering o JOIN unit u USING (unit_code) JOIN procedure p USING (procedure_code)
   WHERE o.level IN (3, 4) AND p.tier = 'commune' AND u.ward_code IS NOT NULL AND {units}
)
"""

# `active`: an online receipt in month m counts from m on for twelve months. Days after the month of the figures'
# day are left out: until then more receipts will come.
UNIT_COVERAGE = f"""
WITH {_OFFERED}, used AS (
  SELECT m.unit_code, m.procedure_code, m.month
    FROM procedure_month m JOIN (SELECT DISTINCT unit_code, procedure_code FROM live) l
         USING (unit_code, procedure_code)
   WHERE m.received_online > 0
), change AS (
  SELECT unit_code, procedure_code, since AS day, (level = 3)::int AS n3, (level = 4)::int AS n4, 0 AS used
    FROM live WHERE until > since
  UNION ALL
  SELECT unit_code, procedure_code, until, -(level = 3)::int, -(level = 4)::int, 0
    FROM live WHERE until > since AND until < 'infinity'
  UNION ALL
  SELECT unit_code, procedure_code, month, 0, 0, 1 FROM used
  UNION ALL
  SELECT unit_code, procedure_code, (month + interval '12 months')::date, 0, 0, -1 FROM used
), by_day AS (
  SELECT unit_code, procedure_code, day, sum(n3) AS n3, sum(n4) AS n4, sum(used) AS used
    FROM change
   WHERE day < (SELECT date_trunc('month', as_of_day) + interval '1 month' FROM data_version)
   GROUP BY unit_code, procedure_code, day
), state AS (
  SELECT unit_code, procedure_code, day, (sum(n4) OVER w > 0)::int AS level4,
         (sum(n3) OVER w > 0 AND sum(n4) OVER w <= 0)::int AS level3,
         (sum(used) OVER w > 0 AND sum(n3) OVER w + sum(n4) OVER w > 0)::int AS active
    FROM by_day WINDOW w AS (PARTITION BY unit_code, procedure_code ORDER BY day)
), step AS (
  SELECT unit_code, day, level3 - coalesce(lag(level3) OVER w, 0) AS level3,
         level4 - coalesce(lag(level4) OVER w, 0) AS level4, active - coalesce(lag(active) OVER w, 0) AS active
    FROM state WINDOW w AS (PARTITION BY unit_code, procedure_code ORDER BY day)
), total AS (
  SELECT unit_code, day, sum(level3) AS level3, sum(level4) AS level4, sum(active) AS active FROM step
   GROUP BY unit_code, day HAVING bool_or(level3 <> 0 OR level4 <> 0 OR active <> 0)
)
SELECT t.unit_code, t.day, u.district_code, sum(t.level3) OVER w AS level3, sum(t.level4) OVER w AS level4,
       sum(t.active) OVER w AS active
  FROM total t JOIN unit u USING (unit_code) WINDOW w AS (PARTITION BY t.unit_code ORDER BY t.day)
"""

# Of each district, and of the whole city under '', which only viewers of the whole city see.
PROCEDURE_COVERAGE = f"""
WITH {_OFFERED.format(units="true")}, change AS (
  SELECT unit_code, district_code, procedure_code, since AS day, 1 AS n FROM live WHERE until > since
  UNION ALL
  SELECT unit_code, district_code, procedure_code, until, -1 FROM live WHERE until > since AND until < 'infinity'
), by_day AS (
  SELECT unit_code, district_code, procedure_code, day, sum(n) AS n FROM change GROUP BY 1, 2, 3, 4
), state AS (
  SELECT unit_code, district_code, procedure_code, day,
         (sum(n) OVER (PARTITION BY unit_code, procedure_code ORDER BY day) > 0)::int AS offered
    FROM by_day
), step AS (
  SELECT district_code, procedure_code, day,
         offered - coalesce(lag(offered) OVER (PARTITION BY unit_code, procedure_code ORDER BY day), 0) AS n
    FROM state
), total AS (
  SELECT procedure_code, '' AS district_code, day, sum(n) AS n FROM step GROUP BY 1, 3 HAVING bool_or(n <> 0)
  UNION ALL
  SELECT procedure_code, district_code, day, sum(n) FROM step WHERE district_code <> ''
   GROUP BY 1, 2, 3 HAVING bool_or(n <> 0)
)
SELECT procedure_code, district_code, day,
       sum(n) OVER (PARTITION BY procedure_code, district_code ORDER BY day) AS wards
  FROM total
"""

# From when to when (exclusive) a procedure is offered at level 3 or 4 anywhere in a district ('': by the city's own
# units), whatever its tier: spans that meet are one.
OFFER_SPAN = """
SELECT district_code, procedure_code, lower(span) AS from_day, upper(span) AS to_day
  FROM (SELECT district_code, procedure_code, unnest(range_agg(daterange(active_from, active_to))) AS span
          FROM offering WHERE level IN (3, 4) AND (active_to IS NULL OR active_to > active_from)
         GROUP BY district_code, procedure_code) o
"""

# Units whose `active` a change of procedure_month can have moved: a pair of unit and procedure came to be used
# online in a month, or no longer was. In the current month it moves nothing when it was in one of the eleven before.
USE_CHANGED = """
SELECT DISTINCT f.unit_code
  FROM (SELECT unit_code, procedure_code, month, sum(received_online) AS n
          FROM delta_procedure_month GROUP BY unit_code, procedure_code, month HAVING sum(received_online) <> 0) f
  LEFT JOIN procedure_month p USING (unit_code, procedure_code, month)
 WHERE (coalesce(p.received_online, 0) > 0) <> (coalesce(p.received_online, 0) - f.n > 0)
   AND NOT (f.month = (SELECT date_trunc('month', as_of_day)::date FROM data_version) AND EXISTS (
     SELECT FROM procedure_month e
      WHERE e.unit_code = f.unit_code AND e.procedure_code = f.procedure_code AND e.received_online > 0
        AND e.month < f.month AND e.month >= f.month - interval '11 months'))
"""
