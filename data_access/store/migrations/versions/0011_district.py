"""What a district may know of the rest of the city: medians, and nothing they were made of."""

from alembic import op

revision = "0011"
down_revision = "0010"

# Runs as the owner, whom no scope binds, so it must tell of no single place: no argument names one, and a median of
# fewer than ten places is NULL. `few`: below so many dossiers a share counts for no median.
MEDIANS = """
CREATE FUNCTION city_medians(first_day date, last_day date, few integer)
RETURNS TABLE (level text, places bigint, open double precision, overdue double precision, due_24h double precision,
               on_time double precision, online double precision, satisfied double precision, offered double precision)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
WITH ward AS (
  SELECT unit_code, ward_code, district_code FROM unit WHERE ward_code IS NOT NULL AND district_code <> ''
), stock AS (
  SELECT unit_code, district_code, sum(open) AS open, sum(overdue) AS overdue, sum(due_24h) AS due_24h
    FROM open_stock GROUP BY unit_code, district_code
), flow AS (
  SELECT unit_code, sum(received) AS received, sum(received_online) AS online, sum(settled) AS settled,
         sum(in_time) AS in_time
    FROM unit_day WHERE day BETWEEN first_day AND last_day GROUP BY unit_code
), cover AS (
  SELECT w.ward_code, w.district_code, coalesce(sum(c.level3 + c.level4), 0) AS offered
    FROM ward w LEFT JOIN LATERAL (
      SELECT level3, level4 FROM unit_coverage c, data_version v
       WHERE c.unit_code = w.unit_code AND c.day <= v.as_of_day ORDER BY c.day DESC LIMIT 1
    ) c ON true GROUP BY w.ward_code, w.district_code
), place AS (
  SELECT 'ward' AS level, w.ward_code AS code, coalesce(sum(s.open), 0) AS open, coalesce(sum(s.overdue), 0) AS overdue,
         coalesce(sum(s.due_24h), 0) AS due_24h, sum(f.received) AS received, sum(f.online) AS online,
         sum(f.settled) AS settled, sum(f.in_time) AS in_time, NULL::bigint AS rated, NULL::bigint AS satisfied,
         max(c.offered) AS offered
    FROM ward w JOIN cover c USING (ward_code) LEFT JOIN stock s USING (unit_code) LEFT JOIN flow f USING (unit_code)
   GROUP BY w.ward_code
  UNION ALL
  SELECT 'district', d.district_code, coalesce(s.open, 0), coalesce(s.overdue, 0), coalesce(s.due_24h, 0),
         f.received, f.online, f.settled, f.in_time, f.rated, f.satisfied, d.offered
    FROM (SELECT district_code, avg(offered) AS offered FROM cover GROUP BY district_code) d
    LEFT JOIN (SELECT district_code, sum(open) AS open, sum(overdue) AS overdue, sum(due_24h) AS due_24h
                 FROM stock GROUP BY district_code) s USING (district_code)
    LEFT JOIN (SELECT district_code, sum(received) AS received, sum(received_online) AS online,
                      sum(settled) AS settled, sum(in_time) AS in_time, sum(rated) AS rated,
                      sum(satisfied) AS satisfied
                 FROM district_day WHERE day BETWEEN first_day AND last_day GROUP BY district_code) f
      USING (district_code)
), figure AS (
  SELECT level, open::float8, overdue::float8, due_24h::float8, offered::float8,
         CASE WHEN settled >= few THEN in_time::float8 / settled END AS on_time,
         CASE WHEN received >= few THEN online::float8 / received END AS online,
         CASE WHEN rated >= few THEN satisfied::float8 / rated END AS satisfied
    FROM place
)
SELECT level, count(*),
       CASE WHEN count(*) >= 10 THEN percentile_cont(0.5) WITHIN GROUP (ORDER BY open) END,
       CASE WHEN count(*) >= 10 THEN percentile_cont(0.5) WITHIN GROUP (ORDER BY overdue) END,
       CASE WHEN count(*) >= 10 THEN percentile_cont(0.5) WITHIN GROUP (ORDER BY due_24h) END,
       CASE WHEN count(on_time) >= 10 THEN percentile_cont(0.5) WITHIN GROUP (ORDER BY on_time) END,
       CASE WHEN count(online) >= 10 THEN percentile_cont(0.5) WITHIN GROUP (ORDER BY online) END,
       CASE WHEN count(satisfied) >= 10 THEN percentile_cont(0.5) WITHIN GROUP (ORDER BY satisfied) END,
       CASE WHEN count(*) >= 10 THEN percentile_cont(0.5) WITHIN GROUP (ORDER BY offered) END
  FROM figure GROUP BY level
$$
"""


def upgrade() -> None:
    """The function, for the screens' role only."""
    from alembic import context

    reader = context.config.attributes["reader"]
    op.execute(MEDIANS)
    op.execute("REVOKE ALL ON FUNCTION city_medians(date, date, integer) FROM PUBLIC")
    op.execute(f'GRANT EXECUTE ON FUNCTION city_medians(date, date, integer) TO "{reader}"')
