-- One row a national code. The tier is the lowest that offers it; the limit is that of its longest process, since
-- agencies may promise less than the law. OpenCPS counts days as working days of 8 hours. What agencies configured
-- is summed up first, without the services' long texts: there are as many rows as agencies times services.
SELECT COALESCE(n.national_code, s.serviceCode) AS procedure_code,
       MIN(s.serviceName) AS name,
       MIN(s.domainCode) AS field_code,
       MIN(s.domainName) AS field_name,
       CASE WHEN MAX(o.of_communes) = 1 THEN 'commune'
            WHEN MAX(o.of_districts) = 1 THEN 'district'
            WHEN MAX(o.of_city) = 1 THEN 'city' END AS tier,
       NULLIF(MAX(o.hours), 0) / CASE MAX(o.unit) WHEN 0 THEN 8 ELSE 1 END AS limit_value,
       CASE MAX(o.unit) WHEN 0 THEN 'working_day' WHEN 1 THEN 'hour' END AS limit_unit,
       MAX(o.has_fee) AS has_fee
  FROM opencps_serviceinfo s
  LEFT JOIN {{national_procedure}} n ON n.serviceCode = s.serviceCode
  LEFT JOIN (SELECT c.serviceInfoId,
                    MAX(a.tier = 'commune') AS of_communes,
                    MAX(a.tier = 'district') AS of_districts,
                    MAX(a.tier = 'city') AS of_city,
                    MAX(CASE p.durationUnit WHEN 1 THEN p.durationCount ELSE p.durationCount * 8 END) AS hours,
                    MAX(p.durationUnit) AS unit,
                    MAX(p.requestPayment) AS has_fee
               FROM opencps_serviceconfig c
               LEFT JOIN {{agency_of}} a ON a.agency_code = c.govAgencyCode
               LEFT JOIN opencps_processoption x ON x.groupId = :group_id AND x.serviceConfigId = c.serviceConfigId
               LEFT JOIN opencps_serviceprocess p
                      ON p.groupId = :group_id AND p.serviceProcessId = x.serviceProcessId
              WHERE c.groupId = :group_id
              GROUP BY c.serviceInfoId) o ON o.serviceInfoId = s.serviceInfoId
 WHERE s.groupId = :group_id
   AND s.serviceCode <> ''
 GROUP BY COALESCE(n.national_code, s.serviceCode)
