"""Dossiers beside the figures' own instant, as the conditions of store/moment.py read them; bind :as_of and :today."""

FROM = "dossier d CROSS JOIN (SELECT CAST(:as_of AS timestamptz) AS as_of, CAST(:today AS date) AS as_of_day) v"
NOW = """SELECT as_of, as_of_day AS today, coalesce(current_setting('ops.scope', true) = '*', false) AS city
FROM data_version"""
"""What to bind, and whether all districts may be seen."""
SCOPE = "CAST((SELECT string_to_array(coalesce(nullif(current_setting('ops.scope', true), ''), '*'), ',')) AS text[])"
"""The districts that may be seen, or '*' alone: row-level security by itself can't use an index.

A SELECT of its own, since no function may stand beside row-level security in an index condition.
"""
ONE_DISTRICT = f"(SELECT nullif(s[1], '*') FROM (SELECT {SCOPE} AS s) x WHERE cardinality(s) = 1)"
"""The district, where no other may be seen; else NULL."""
