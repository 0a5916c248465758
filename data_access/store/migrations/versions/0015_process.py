"""Where a procedure's time goes: which settled dossiers are read, how long they stood at each step, in office hours."""

from alembic import op

revision = "0015"
down_revision = "0014"

INDEXES = """
-- What was settled of a procedure in a period, in a district or everywhere.
CREATE INDEX dossier_procedure ON dossier (procedure_code, settled_day, district_code) WHERE settled_day IS NOT NULL;
-- Where a procedure's open dossiers wait.
CREATE INDEX dossier_procedure_open ON dossier (procedure_code, district_code)
  WHERE bucket IN ('running', 'suspended');
"""
# Draws of one in so many, always the same ones and each within the one before: where too many were settled to read.
DRAWN = """
CREATE INDEX dossier_drawn_{part} ON dossier (procedure_code, settled_day, district_code)
  WHERE settled_day IS NOT NULL AND mod(hashtextextended(dossier_id, 0), {part}) = 0
"""

# The working clock as data (data_access/office_edges.py): openings and closings in turn as seconds of
# the epoch, and the office seconds passed at each. Between them it runs straight: up while open, level while closed.
CLOCK = """
CREATE FUNCTION office_seconds(at double precision, edges double precision[], worked double precision[])
RETURNS double precision LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
SELECT coalesce(worked[width_bucket(at, edges)], 0)
     + CASE WHEN width_bucket(at, edges) % 2 = 1 THEN at - edges[width_bucket(at, edges)] ELSE 0 END
$$
"""

# At most `most` dossiers (of one in 1,000 all): every one, or the largest draw that is small enough.
DRAW = """
CREATE FUNCTION drawn_dossiers(procedure_asked text, district text, units text[], first_day date, last_day date,
                               most integer, OUT part integer, OUT drawn text[])
LANGUAGE plpgsql STABLE AS $$
BEGIN
  FOREACH part IN ARRAY ARRAY[1, 10, 100, 1000] LOOP
    EXECUTE 'SELECT coalesce(array_agg(dossier_id), ''{}'') FROM (SELECT dossier_id FROM dossier '
         || 'WHERE procedure_code = $1 AND settled_day BETWEEN $2 AND $3'
         || CASE WHEN district IS NULL THEN '' ELSE ' AND district_code = $4' END
         || CASE WHEN units IS NULL THEN '' ELSE ' AND unit_code = ANY ($5)' END
         || CASE WHEN part = 1 THEN '' ELSE format(' AND mod(hashtextextended(dossier_id, 0), %s) = 0', part) END
         || CASE WHEN part = 1000 THEN '' ELSE ' LIMIT $6 + 1' END || ') x'
      INTO drawn USING procedure_asked, first_day, last_day, district, units, most;
    EXIT WHEN cardinality(drawn) <= most OR part = 1000;
  END LOOP;
END
$$
"""

# One row a step (NULL: the whole dossier), in the order they are gone through. Office seconds without pauses; all times
# through a step count together for its dossier. units: how many units the dossiers were handled by.
FIGURES = """
CREATE FUNCTION step_figures(ids text[], edges double precision[], worked double precision[])
RETURNS TABLE (step_name text, dossiers bigint, units bigint, median double precision, p90 double precision,
               seconds double precision, repeated bigint, place numeric)
LANGUAGE sql STABLE AS $$
WITH done AS (
  SELECT s.dossier_id, s.step_name, s.unit_code, s.started_at, s.finished_at,
         extract(epoch FROM s.started_at)::float8 AS began, extract(epoch FROM s.finished_at)::float8 AS ended,
         row_number() OVER (PARTITION BY s.dossier_id ORDER BY s.started_at, s.step_id) AS place
    FROM step s WHERE s.dossier_id = ANY (ids) AND s.started_at <= s.finished_at
), paused AS (
  SELECT p.dossier_id, range_agg(tstzrange(p.from_at, p.to_at)) AS spans
    FROM pause p WHERE p.dossier_id = ANY (ids) AND (p.to_at IS NULL OR p.to_at > p.from_at) GROUP BY p.dossier_id
), spent AS (
  SELECT d.dossier_id, d.step_name, d.unit_code, d.place,
         office_seconds(d.ended, edges, worked) - office_seconds(d.began, edges, worked)
         - CASE WHEN p.spans IS NULL THEN 0 ELSE coalesce((
             SELECT sum(office_seconds(extract(epoch FROM upper(x))::float8, edges, worked)
                        - office_seconds(extract(epoch FROM lower(x))::float8, edges, worked))
               FROM unnest(p.spans * tstzmultirange(tstzrange(d.started_at, d.finished_at))) x), 0) END AS seconds
    FROM done d LEFT JOIN paused p USING (dossier_id)
), at_step AS (
  SELECT dossier_id, step_name, min(unit_code) AS unit_code, sum(seconds) AS seconds, count(*) AS times,
         min(place) AS place
    FROM spent GROUP BY dossier_id, step_name
), whole AS (
  SELECT dossier_id, min(unit_code) AS unit_code, sum(seconds) AS seconds, max(times) AS times
    FROM at_step GROUP BY dossier_id
)
SELECT step_name, count(*), count(DISTINCT unit_code), percentile_cont(0.5) WITHIN GROUP (ORDER BY seconds),
       percentile_cont(0.9) WITHIN GROUP (ORDER BY seconds), sum(seconds), count(*) FILTER (WHERE times > 1), avg(place)
  FROM at_step GROUP BY step_name
UNION ALL
SELECT NULL, count(*), count(DISTINCT unit_code), percentile_cont(0.5) WITHIN GROUP (ORDER BY seconds),
       percentile_cont(0.9) WITHIN GROUP (ORDER BY seconds), coalesce(sum(seconds), 0),
       count(*) FILTER (WHERE times > 1), 0
  FROM whole
$$
"""

# Runs as the owner, whom no scope binds (as city_medians, 0011): no argument names a place, and nothing is told of a
# step that fewer than ten units or fewer than ten dossiers have, whatever `few` says.
CITY = """
CREATE FUNCTION city_step_medians(procedure_asked text, first_day date, last_day date, most integer, few integer,
                                  edges double precision[], worked double precision[])
RETURNS TABLE (step_name text, dossiers bigint, median double precision)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
SELECT f.step_name, f.dossiers, f.median
  FROM drawn_dossiers(procedure_asked, NULL, NULL, first_day, last_day, most) d
 CROSS JOIN LATERAL step_figures(d.drawn, edges, worked) f
 WHERE f.units >= 10 AND f.dossiers >= greatest(few, 10)
$$
"""


def upgrade() -> None:
    """Indexes (docs/decisions/0024-process.md says what they cost) and functions; the city's for the screens' role."""
    from alembic import context

    reader = context.config.attributes["reader"]
    op.execute(INDEXES)
    for part in (10, 100, 1000):
        op.execute(DRAWN.format(part=part))
    for function in (CLOCK, DRAW, FIGURES, CITY):
        op.execute(function)
    signature = "city_step_medians(text, date, date, integer, integer, double precision[], double precision[])"
    op.execute(f"REVOKE ALL ON FUNCTION {signature} FROM PUBLIC")
    op.execute(f'GRANT EXECUTE ON FUNCTION {signature} TO "{reader}"')
