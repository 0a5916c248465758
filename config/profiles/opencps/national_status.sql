-- What a status (and, where given, substatus) means nationally, 1–10: the site's own data says so.
SELECT LEFT(statusCode, 100) AS statusCode, LEFT(COALESCE(subStatusCode, ''), 100) AS subStatusCode,
       MIN(CAST(statusCodeDVCQG AS SIGNED)) AS national_status
  FROM opencps_dossierstatusmapping
 WHERE groupId = :group_id AND statusCodeDVCQG REGEXP '^[0-9]+$'
 GROUP BY LEFT(statusCode, 100), LEFT(COALESCE(subStatusCode, ''), 100)
