-- From entering a step in which the clock stands still to leaving it. Two actions within one second (the columns
-- know no finer time) are one pause.
SELECT a.dossierId AS dossier_id,
       a.createDate AS from_at,
       b.createDate AS to_at,
       CASE s.national_status WHEN 5 THEN 'supplement' WHEN 6 THEN 'fee' ELSE 'stopped' END AS reason
  FROM opencps_dossieraction a
  JOIN {{waiting_step}} s ON s.serviceProcessId = a.serviceProcessId AND s.stepCode = a.stepCode
  LEFT JOIN opencps_dossieraction b
         ON b.groupId = :group_id AND b.dossierActionId = a.nextActionId AND COALESCE(b.state_, 0) <> 2
 WHERE a.groupId = :group_id
   AND COALESCE(a.state_, 0) <> 2
   AND (b.dossierActionId IS NULL OR b.createDate > a.createDate)
