-- National procedure codes of the site's own service codes.
SELECT LEFT(serviceCode, 100) AS serviceCode, MIN(serviceCodeDVCQG) AS national_code
  FROM opencps_serviceinfomapping
 WHERE groupId = :group_id AND serviceCodeDVCQG <> ''
 GROUP BY LEFT(serviceCode, 100)
