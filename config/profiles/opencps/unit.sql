-- Working units are agencies, and rooms inside them. Rooms are left out: marked `part` in agencies.csv, or simply
-- below a commune. Any other unit that isn't in agencies.csv comes over without a tier and is listed until mapped.
SELECT w.govAgencyCode AS unit_code,
       w.name AS name,
       a.tier AS tier,
       above.govAgencyCode AS parent_code,
       a.ward_code AS ward_code
  FROM opencps_workingunit w
  LEFT JOIN {{agency_of}} a ON a.agency_code = w.govAgencyCode
  LEFT JOIN opencps_workingunit above ON above.groupId = :group_id AND above.workingUnitId = w.parentWorkingUnitId
  LEFT JOIN {{agency_of}} aa ON aa.agency_code = above.govAgencyCode
 WHERE w.groupId = :group_id
   AND w.govAgencyCode <> ''
   AND COALESCE(a.tier, '') <> 'part'
   AND NOT (a.tier IS NULL AND COALESCE(aa.tier, '') = 'commune')
