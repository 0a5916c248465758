-- An officer's id is the account's (mappingUserId): steps name accounts. Somebody in a room belongs to its agency.
SELECT e.mappingUserId AS officer_id,
       e.fullName AS display_name,
       CASE WHEN a.tier = 'part' OR (a.tier IS NULL AND COALESCE(aa.tier, '') = 'commune')
            THEN above.govAgencyCode ELSE w.govAgencyCode END AS unit_code,
       COALESCE(NULLIF(j.title, ''), NULLIF(e.jobPosTitle, ''), NULLIF(e.title, '')) AS role,
       COALESCE(e.workingStatus, 0) = :working_status AS active
  FROM opencps_employee e
  LEFT JOIN opencps_jobpos j ON j.groupId = :group_id AND j.jobPosId = e.mainJobPostId
  LEFT JOIN opencps_workingunit w ON w.groupId = :group_id AND w.workingUnitId = e.workingUnitId
  LEFT JOIN {{agency_of}} a ON a.agency_code = w.govAgencyCode
  LEFT JOIN opencps_workingunit above ON above.groupId = :group_id AND above.workingUnitId = w.parentWorkingUnitId
  LEFT JOIN {{agency_of}} aa ON aa.agency_code = above.govAgencyCode
 WHERE e.groupId = :group_id
   AND e.mappingUserId > 0
