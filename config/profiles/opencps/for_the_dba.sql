-- For the DBA, in OpenCPS's own database (USE lportal;). Nothing here changes a table's content.

-- 1. An account that can read what the dashboard needs and nothing else: of the dossier not one column about the
--    applicant, of employees no telephone, birth date or e-mail.
CREATE USER 'ops_reader'@'%' IDENTIFIED BY 'CHANGE-ME';
GRANT SELECT (dossierId, groupId, referenceUid, dossierNo, serviceCode, govAgencyCode, dossierStatus,
              dossierSubStatus, lockState, online_, fromViaPostal, originality, submitDate, receiveDate, dueDate,
              releaseDate, finishDate, cancellingDate, modifiedDate) ON opencps_dossier TO 'ops_reader'@'%';
GRANT SELECT (dossierActionId, groupId, dossierId, serviceProcessId, nextActionId, stepCode, stepName, actionName,
              state_, dueDate, createDate, modifiedDate) ON opencps_dossieraction TO 'ops_reader'@'%';
GRANT SELECT (dossierActionId, userId, assigned) ON opencps_dossieractionuser TO 'ops_reader'@'%';
GRANT SELECT (groupId, statusCode, subStatusCode, statusCodeDVCQG)
   ON opencps_dossierstatusmapping TO 'ops_reader'@'%';
GRANT SELECT (groupId, serviceProcessId, stepCode, dossierStatus, dossierSubStatus, lockState)
   ON opencps_processstep TO 'ops_reader'@'%';
GRANT SELECT (groupId, serviceProcessId, durationCount, durationUnit, requestPayment)
   ON opencps_serviceprocess TO 'ops_reader'@'%';
GRANT SELECT (groupId, serviceConfigId, serviceProcessId) ON opencps_processoption TO 'ops_reader'@'%';
GRANT SELECT (groupId, serviceInfoId, serviceCode, serviceName, domainCode, domainName)
   ON opencps_serviceinfo TO 'ops_reader'@'%';
GRANT SELECT (groupId, serviceCode, serviceCodeDVCQG) ON opencps_serviceinfomapping TO 'ops_reader'@'%';
GRANT SELECT (groupId, serviceConfigId, serviceInfoId, govAgencyCode, serviceLevel, createDate)
   ON opencps_serviceconfig TO 'ops_reader'@'%';
GRANT SELECT (groupId, workingUnitId, parentWorkingUnitId, govAgencyCode, name)
   ON opencps_workingunit TO 'ops_reader'@'%';
GRANT SELECT (groupId, mappingUserId, fullName, title, jobPosTitle, mainJobPostId, workingUnitId, workingStatus)
   ON opencps_employee TO 'ops_reader'@'%';
GRANT SELECT (groupId, jobPosId, title) ON opencps_jobpos TO 'ops_reader'@'%';
GRANT SELECT (groupId, dossierId, paymentAmount) ON opencps_paymentfile TO 'ops_reader'@'%';
GRANT SELECT (groupId, votingId, className, classPK) ON opencps_voting TO 'ops_reader'@'%';
GRANT SELECT (groupId, votingId, selected) ON opencps_votingresult TO 'ops_reader'@'%';

-- 2. Indexes that OpenCPS doesn't bring. Without the first two every look at the source (one a second) reads the
--    whole table; without the others the first load does, for each dossier.
CREATE INDEX ops_dossier_changed ON opencps_dossier (groupId, modifiedDate, dossierId);
CREATE INDEX ops_action_changed ON opencps_dossieraction (groupId, modifiedDate, dossierActionId);
CREATE INDEX ops_voting_of ON opencps_voting (groupId, className, classPK(40));
CREATE INDEX ops_voting_result ON opencps_votingresult (votingId);
