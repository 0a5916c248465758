-- What a status (and, where given, substatus) means nationally, 1–10: the site's own data says so.
SELECT statusCode, COALESCE(subStatusCode, '') AS subStatusCode, MIN(CAST(statusCodeDVCQG AS SIGNED)) AS national_status
  FROM opencps_dossierstatusmapping
 WHERE groupId = :group_id AND statusCodeDVCQG REGEXP '^[0-9]+$'
 GROUP BY statusCode, COALESCE(subStatusCode, '')
