"""The latest state of each link of a kind that is known, from its checks; data quality lists the others."""

from data_access.rules.quality import SERVICES

# The last check of each link; `since`: the first check after the last one that found the other state.
LINK_STATE = f"""
SELECT l.ward_code, l.service, c.district_code, c.checked_at, c.up, c.latency_ms, f.since
  FROM (SELECT DISTINCT ward_code, service FROM {{links}} WHERE service IN {SERVICES}) l
 CROSS JOIN LATERAL (SELECT * FROM link_check c WHERE c.ward_code = l.ward_code AND c.service = l.service
                      ORDER BY c.checked_at DESC LIMIT 1) c
 CROSS JOIN LATERAL (SELECT max(o.checked_at) AS at FROM link_check o WHERE o.ward_code = l.ward_code
                        AND o.service = l.service AND o.up = NOT c.up) o
 CROSS JOIN LATERAL (SELECT min(s.checked_at) AS since FROM link_check s WHERE s.ward_code = l.ward_code
                        AND s.service = l.service AND s.checked_at > coalesce(o.at, '-infinity')) f
"""
