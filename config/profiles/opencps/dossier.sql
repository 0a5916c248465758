-- wardCode, districtCode and every name, number and address in this table are the APPLICANT's: none is selected.
-- The agency at work is govAgencyCode. dueDate moves after a supplement (the sync keeps the first one it saw);
-- releaseDate is taken back when a dossier is reopened. A lock says that the clock stands still, whatever the status.
SELECT d.dossierId AS dossier_id,
       COALESCE(NULLIF(d.dossierNo, ''), d.referenceUid) AS dossier_code,
       COALESCE(n.national_code, d.serviceCode) AS procedure_code,
       d.govAgencyCode AS unit_received,
       d.govAgencyCode AS unit_processing,
       CASE WHEN d.online_ = 1 THEN 2 WHEN d.fromViaPostal > 0 THEN 3 ELSE 1 END AS channel,
       CASE WHEN d.lockState IN ('PAUSE', 'PAUSE_OVERDUE')
             AND COALESCE(sub.national_status, main.national_status) IN (2, 4) THEN 5
            ELSE COALESCE(sub.national_status, main.national_status) END AS status,
       d.receiveDate AS received_at,
       d.dueDate AS due_at,
       COALESCE(d.releaseDate, CASE WHEN COALESCE(sub.national_status, main.national_status) = 7
                                    THEN d.cancellingDate END) AS finished_at,
       d.finishDate AS returned_at,
       d.modifiedDate AS updated_at,
       d.submitDate AS submitted_at,
       -- requests, not reminders: of waiting steps in a row only the last one, whose next step isn't one, counts
       (SELECT COUNT(*)
          FROM opencps_dossieraction x
          JOIN {{waiting_step}} s ON s.serviceProcessId = x.serviceProcessId AND s.stepCode = x.stepCode
          LEFT JOIN opencps_dossieraction y
                 ON y.groupId = :group_id AND y.dossierActionId = x.nextActionId AND COALESCE(y.state_, 0) <> 2
          LEFT JOIN {{waiting_step}} t ON t.serviceProcessId = y.serviceProcessId AND t.stepCode = y.stepCode
         WHERE x.groupId = :group_id AND x.dossierId = d.dossierId AND COALESCE(x.state_, 0) <> 2
           AND s.national_status = 5 AND COALESCE(t.national_status, 0) <> 5) AS supplement_count,
       (SELECT SUM(f.paymentAmount)
          FROM opencps_paymentfile f
         WHERE f.groupId = :group_id AND f.dossierId = d.dossierId) AS fee_due,
       -- 1 very good … 3 bad there, 3 … 1 here; of several questions the worst answer
       (SELECT 4 - MAX(CAST(r.selected AS SIGNED))
          FROM opencps_voting v
          JOIN opencps_votingresult r ON r.groupId = :group_id AND r.votingId = v.votingId
         WHERE v.groupId = :group_id AND v.className = 'dossier' AND v.classPK = CONCAT(d.dossierId, '')
           AND r.selected IN ('1', '2', '3')) AS rating,
       d.originality IS NOT NULL AND d.originality NOT IN :counted_originality AS deleted
  FROM opencps_dossier d
  LEFT JOIN {{national_procedure}} n ON n.serviceCode = d.serviceCode
  LEFT JOIN {{national_status}} sub
         ON sub.statusCode = d.dossierStatus AND sub.subStatusCode = d.dossierSubStatus AND d.dossierSubStatus <> ''
  LEFT JOIN {{national_status}} main ON main.statusCode = d.dossierStatus AND main.subStatusCode = ''
 WHERE d.groupId = :group_id
