-- National procedure codes of the site's own service codes.
SELECT serviceCode, MIN(serviceCodeDVCQG) AS national_code
  FROM opencps_serviceinfomapping
 WHERE groupId = :group_id AND serviceCodeDVCQG <> ''
 GROUP BY serviceCode
