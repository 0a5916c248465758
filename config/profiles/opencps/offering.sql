-- The level is the agency's, not the procedure's. OpenCPS keeps no history of levels: today's, since the entry.
SELECT c.govAgencyCode AS unit_code,
       COALESCE(n.national_code, s.serviceCode) AS procedure_code,
       c.serviceLevel AS level,
       c.createDate AS active_from
  FROM opencps_serviceconfig c
  JOIN opencps_serviceinfo s ON s.groupId = :group_id AND s.serviceInfoId = c.serviceInfoId
  LEFT JOIN {{national_procedure}} n ON n.serviceCode = s.serviceCode
 WHERE c.groupId = :group_id
   AND c.govAgencyCode <> ''
