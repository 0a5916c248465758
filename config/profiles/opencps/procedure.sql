-- One row a national code. The tier is the lowest that offers it; the limit is that of its longest process, since
-- agencies may promise less than the law. OpenCPS counts days as working days of 8 hours.
SELECT COALESCE(n.national_code, s.serviceCode) AS procedure_code,
       MIN(s.serviceName) AS name,
       MIN(s.domainCode) AS field_code,
       MIN(s.domainName) AS field_name,
       CASE WHEN MAX(a.tier = 'commune') = 1 THEN 'commune'
            WHEN MAX(a.tier = 'district') = 1 THEN 'district'
            WHEN MAX(a.tier = 'city') = 1 THEN 'city' END AS tier,
       NULLIF(MAX(CASE p.durationUnit WHEN 1 THEN p.durationCount ELSE p.durationCount * 8 END), 0)
         / CASE MAX(p.durationUnit) WHEN 0 THEN 8 ELSE 1 END AS limit_value,
       CASE MAX(p.durationUnit) WHEN 0 THEN 'working_day' WHEN 1 THEN 'hour' END AS limit_unit,
       MAX(p.requestPayment) AS has_fee
  FROM opencps_serviceinfo s
  LEFT JOIN {{national_procedure}} n ON n.serviceCode = s.serviceCode
  LEFT JOIN opencps_serviceconfig c ON c.groupId = :group_id AND c.serviceInfoId = s.serviceInfoId
  LEFT JOIN {{agency_of}} a ON a.agency_code = c.govAgencyCode
  LEFT JOIN opencps_processoption o ON o.groupId = :group_id AND o.serviceConfigId = c.serviceConfigId
  LEFT JOIN opencps_serviceprocess p ON p.groupId = :group_id AND p.serviceProcessId = o.serviceProcessId
 WHERE s.groupId = :group_id
   AND s.serviceCode <> ''
 GROUP BY COALESCE(n.national_code, s.serviceCode)
