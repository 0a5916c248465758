-- Steps in which the clock stands still: 5 supplement (also by their lock), 6 fee, 8 stopped.
SELECT s.serviceProcessId, LEFT(s.stepCode, 100) AS stepCode,
       CASE WHEN MAX(COALESCE(s.lockState, '') IN ('PAUSE', 'PAUSE_OVERDUE')) = 1 THEN 5
            ELSE MIN(COALESCE(sub.national_status, main.national_status)) END AS national_status
  FROM opencps_processstep s
  LEFT JOIN {{national_status}} sub
         ON sub.statusCode = s.dossierStatus AND sub.subStatusCode = s.dossierSubStatus AND s.dossierSubStatus <> ''
  LEFT JOIN {{national_status}} main ON main.statusCode = s.dossierStatus AND main.subStatusCode = ''
 WHERE s.groupId = :group_id
   AND (s.lockState IN ('PAUSE', 'PAUSE_OVERDUE')
        OR COALESCE(sub.national_status, main.national_status) IN (5, 6, 8))
 GROUP BY s.serviceProcessId, LEFT(s.stepCode, 100)
