-- Agencies of agencies.csv that this site has, with the code as the site's own tables spell it. LEFT here and in
-- the other tables: MariaDB makes no lookup key over columns of more than 1,000 bytes, and VARCHAR(255) has 1,020.
SELECT LEFT(w.govAgencyCode, 100) AS agency_code, MIN(a.tier) AS tier, MIN(a.ward_code) AS ward_code
  FROM opencps_workingunit w
  JOIN {{agency}} a ON a.agency_code = CONVERT(w.govAgencyCode USING utf8mb4) COLLATE utf8mb4_bin
 WHERE w.groupId = :group_id
 GROUP BY LEFT(w.govAgencyCode, 100)
