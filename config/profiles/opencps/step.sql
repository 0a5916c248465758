-- An action leads into a step; the step ends when the next action is taken. Whoever is assigned 1 (TH, execute)
-- holds it; 2 (PH, support) and 3 (TD, follow) don't. A rolled-back action (2) ends when it was taken back and is
-- nobody's work.
SELECT a.dossierActionId AS step_id,
       a.dossierId AS dossier_id,
       COALESCE(NULLIF(a.stepName, ''), a.actionName) AS step_name,
       (SELECT GROUP_CONCAT(DISTINCT u.userId ORDER BY u.userId)
          FROM opencps_dossieractionuser u
         WHERE u.dossierActionId = a.dossierActionId AND u.assigned = 1 AND COALESCE(a.state_, 0) <> 2) AS officer_ids,
       a.createDate AS started_at,
       a.dueDate AS due_at,
       CASE WHEN a.state_ = 2 THEN a.modifiedDate
            ELSE COALESCE(b.createDate, CASE WHEN a.state_ = 1 THEN a.modifiedDate END) END AS finished_at,
       a.modifiedDate AS updated_at
  FROM opencps_dossieraction a
  LEFT JOIN opencps_dossieraction b
         ON b.groupId = :group_id AND b.dossierActionId = a.nextActionId AND COALESCE(b.state_, 0) <> 2
 WHERE a.groupId = :group_id
