"""A small OpenCPS database by hand: every status and substatus, channel, pause, and what a mapper trips over.

Times are Hà Nội's wall clock here, GMT in the tables. Rows of the other site (`OTHER`) and of applicants are
there so that a leak would show.
"""

from dataclasses import dataclass, field
from typing import Any

from tests.support.opencps import GROUP, insert, utc

OTHER = 99_001
CITY, DISTRICT, PHUC_XA, TRUC_BACH = "000.00.00.H26", "000.00.41.H26", "000.01.41.H26", "000.02.41.H26"
ROOM, UNMAPPED, NOWHERE = "000.01.41.H26.TP", "000.99.41.H26", "000.77.77.H26"
PROCESS, HOURS, LICENCE = 1, 2, 3
SECRETS = ("Nguyễn Thị Bí Mật", "001199001234", "0912345678", "Số 1 ngõ Kín, Ba Đình", "bimat@example.vn", "00091")

UNITS = [  # id, above, code, name
    (1, 0, CITY, "UBND Thành phố Hà Nội"),
    (2, 1, DISTRICT, "UBND Quận Ba Đình"),
    (3, 2, PHUC_XA, "UBND Phường Phúc Xá"),
    (4, 2, TRUC_BACH, "UBND Phường Trúc Bạch"),
    (5, 3, ROOM, "Bộ phận Tư pháp - Hộ tịch"),
    (6, 2, UNMAPPED, "Trung tâm chưa ánh xạ"),
    (7, 2, "", "Nhóm không mã"),
]
SERVICES = [  # id, code, name, field code, field
    (11, "CT-BS", "Chứng thực bản sao từ bản chính", "CT", "Chứng thực"),
    (12, "1.001193", "Đăng ký khai sinh", "HT", "Hộ tịch"),
    (13, "1.001612", "Đăng ký thành lập hộ kinh doanh", "HKD", "Hộ kinh doanh"),
    (14, "LT-CHUA", "Thủ tục chưa đơn vị nào cung cấp", "KHAC", "Khác"),
]
CONFIGS = [  # id, service, agency, level, entered, process
    (21, 11, PHUC_XA, 3, "2025-01-06 09:00", PROCESS),
    (22, 11, TRUC_BACH, 4, "2025-02-03 09:00", HOURS),
    (23, 12, PHUC_XA, 4, "2025-01-06 09:00", PROCESS),
    (24, 13, DISTRICT, 2, "2025-01-06 09:00", LICENCE),
]
PROCESSES = [(PROCESS, 2.0, 0, 0), (HOURS, 20.0, 1, 1), (LICENCE, 3.0, 0, 1)]  # id, count, unit, fee
STATUSES = [
    ("new", "", "1"), ("receiving", None, "1"), ("processing", "", "2"), ("processing", "appraisal", "4"),
    ("interoperating", "", "4"), ("waiting", "", "5"), ("waiting", "fee", "6"), ("paying", "", "6"),
    ("pausing", "", "8"), ("unresolved", "", "8"), ("posting", "", "4"), ("correcting", "", "4"),
    ("collecting", "", "4"), ("handover", "", "4"), ("cancelling", "", "4"), ("cancelled", "", "7"),
    ("denied", "", "3"), ("releasing", "", "9"), ("done", "", "10"), ("vague", "", ""),
]  # fmt: skip
STEPS = [  # code, status, substatus, lock
    ("TN", "receiving", "", ""), ("TD", "processing", "appraisal", ""), ("BS", "waiting", "", "PAUSE"),
    ("NHAC", "waiting", "", ""), ("PHI", "waiting", "fee", ""), ("DUNG", "pausing", None, None),
    ("KGQ", "unresolved", "", ""), ("KQ", "releasing", "", ""), ("XONG", "done", "", ""),
]  # fmt: skip
EMPLOYEES = [  # account, name, unit, job title, status
    (101, "Nguyễn Thị Ánh", 3, "Công chức Tư pháp - Hộ tịch", 1),
    (102, "Đỗ Văn Ước", 5, "Cán bộ một cửa", 1),
    (103, "Trần Thị Ngà", 4, "", 2),
    (104, "Lê Hồng Kỳ", 2, "Chuyên viên", 1),
    (105, "Phạm Bá Lạ", 6, "Chuyên viên", 1),
    (0, "Người chưa có tài khoản", 3, "Chuyên viên", 1),
]


@dataclass
class Writer:
    """Writes rows into the database a cursor is on."""

    cursor: Any
    next_id: int = 100_000
    written: dict[str, int] = field(default_factory=dict)

    def put(self, table: str, group: int | None = GROUP, **values: Any) -> None:
        """One row; `group` None: the table has no site."""
        row = ({} if group is None else {"groupId": group}) | values
        insert(self.cursor, f"opencps_{table}", [row])

    def number(self) -> int:
        """An id that nothing refers to."""
        self.next_id += 1
        return self.next_id

    def dossier(self, number: int, status: str, sub: str | None = "", group: int = GROUP, **changed: Any) -> None:
        """A dossier; what isn't given is an ordinary one of Phúc Xá, at the counter, received and due."""
        times = {
            "submitDate": None, "receiveDate": "2026-03-02 08:30:00", "dueDate": "2026-03-05 17:00:00",
            "releaseDate": None, "finishDate": None, "cancellingDate": None, "modifiedDate": "2026-03-04 09:00:00",
        }  # fmt: skip
        row: dict[str, Any] = {
            "dossierId": number, "referenceUid": f"uid-{number}", "dossierNo": f"H26.41-{number:04d}",
            "serviceCode": "CT-BS", "govAgencyCode": PHUC_XA, "dossierStatus": status, "dossierSubStatus": sub,
            "lockState": "", "online_": 0, "fromViaPostal": 0, "viaPostal": 1, "originality": 3,
            "applicantName": SECRETS[0], "applicantIdNo": SECRETS[1], "contactTelNo": SECRETS[2],
            "address": SECRETS[3], "contactEmail": SECRETS[4], "wardCode": SECRETS[5], "delegateName": SECRETS[0],
        }  # fmt: skip
        row |= times | changed
        row |= {name: utc(row[name]) for name in times}
        self.put("dossier", group, **row)

    def action(self, number: int, dossier: int, step: str, at: str, following: int = 0, state: int = 0,
               users: tuple[tuple[int, int, int], ...] = ((101, 1, 0),), changed: str | None = None,
               due: str | None = None, group: int = GROUP, name: str | None = None) -> None:  # fmt: skip
        """An action leading into `step`; users are (account, assigned, moderator)."""
        self.put(
            "dossieraction", group, dossierActionId=number, dossierId=dossier, serviceProcessId=PROCESS,
            stepCode=step, stepName=f"Bước {step}" if name is None else name, actionName="Chuyển xử lý",
            actionUser="Nguyễn Thị Ánh", state_=state, nextActionId=following, createDate=utc(at),
            modifiedDate=utc(changed or at), dueDate=utc(due),
        )  # fmt: skip
        for user, assigned, moderator in users:
            self.put("dossieractionuser", None, dossierActionId=number, userId=user, dossierId=dossier, stepCode=step,
                     assigned=assigned, moderator=moderator)  # fmt: skip


def fill(cursor: Any) -> None:
    """All of it."""
    w = Writer(cursor)
    catalogue(w)
    dossiers(w)
    actions(w)
    money_and_votes(w)
    other_site(w)


def catalogue(w: Writer) -> None:
    """Units, procedures, processes, statuses, people."""
    for number, above, code, name in UNITS:
        w.put("workingunit", workingUnitId=number, parentWorkingUnitId=above, govAgencyCode=code, name=name)
    for number, code, name, domain, domain_name in SERVICES:
        w.put("serviceinfo", serviceInfoId=number, serviceCode=code, serviceName=name, domainCode=domain,
              domainName=domain_name, maxLevel=4)  # fmt: skip
    w.put("serviceinfomapping", serviceInfoMappingId=1, serviceCode="CT-BS", serviceCodeDVCQG="2.000815")
    w.put("serviceinfomapping", serviceInfoMappingId=2, serviceCode="LT-CHUA", serviceCodeDVCQG="")
    for number, service, agency, level, entered, process in CONFIGS:
        w.put("serviceconfig", serviceConfigId=number, serviceInfoId=service, govAgencyCode=agency,
              serviceLevel=level, createDate=utc(entered))  # fmt: skip
        w.put("processoption", processOptionId=number, serviceConfigId=number, serviceProcessId=process)
    for number, count, unit, fee in PROCESSES:
        w.put("serviceprocess", serviceProcessId=number, durationCount=count, durationUnit=unit, requestPayment=fee)
    for status, sub, code in STATUSES:
        w.put("dossierstatusmapping", dossierStatusMappingId=w.number(), statusCode=status, subStatusCode=sub,
              statusCodeDVCQG=code)  # fmt: skip
    for code, status, sub, lock in STEPS:
        w.put("processstep", processStepId=w.number(), serviceProcessId=PROCESS, stepCode=code,
              dossierStatus=status, dossierSubStatus=sub, lockState=lock)  # fmt: skip
    for user, name, unit, title, status in EMPLOYEES:
        job = w.number()
        w.put("jobpos", jobPosId=job, title=title)
        w.put("employee", employeeId=w.number(), mappingUserId=user, fullName=name, workingUnitId=unit,
              mainJobPostId=job, jobPosTitle="Chức danh cũ", workingStatus=status, telNo=SECRETS[2])  # fmt: skip


def dossiers(w: Writer) -> None:
    """Each status and substatus, then each trap."""
    online = {"online_": 1, "submitDate": "2026-03-02 07:00:00"}
    unreceived = {"receiveDate": None, "dueDate": None}
    w.dossier(1, "new", **online, **unreceived, dossierNo=None)
    w.dossier(2, "receiving", None, **online, **unreceived, dossierNo="")
    w.dossier(3, "processing")
    w.dossier(4, "processing", "appraisal", **online)
    w.dossier(5, "processing", "unheard-of", fromViaPostal=1)
    w.dossier(6, "interoperating", originality=2)
    w.dossier(7, "waiting", lockState="PAUSE")
    w.dossier(8, "waiting", lockState="PAUSE_OVERDUE", dueDate="2026-03-03 17:00:00")
    w.dossier(9, "waiting", "fee", fromViaPostal=4)
    w.dossier(10, "paying", originality=1)
    w.dossier(11, "pausing")
    w.dossier(12, "unresolved", releaseDate="2026-03-04 08:00:00")
    w.dossier(13, "posting")
    w.dossier(14, "correcting", None)
    w.dossier(15, "collecting", **online, fromViaPostal=2)
    w.dossier(16, "handover")
    w.dossier(17, "cancelling", cancellingDate="2026-03-03 10:00:00")
    w.dossier(18, "cancelled", cancellingDate="2026-03-03 10:00:00")
    w.dossier(19, "denied", **unreceived)
    w.dossier(20, "releasing", releaseDate="2026-03-04 16:59:59")
    w.dossier(21, "done", releaseDate="2026-03-05 17:00:01", finishDate="2026-03-06 08:00:00")
    w.dossier(22, "done", releaseDate="2026-03-06 00:00:00", finishDate="2026-03-06 09:00:00")
    w.dossier(23, "done", dueDate=None, releaseDate="2026-03-20 09:00:00", finishDate="2026-03-20 09:30:00")
    # reopened: its release was taken back
    w.dossier(24, "processing", "appraisal", dueDate="2026-03-04 17:00:00", finishDate=None)
    w.dossier(25, "processing", lockState="PAUSE")
    w.dossier(26, "odd")
    w.dossier(27, "vague")
    w.dossier(28, "processing", govAgencyCode=NOWHERE)
    w.dossier(29, "processing", govAgencyCode=UNMAPPED)
    w.dossier(30, "processing", serviceCode="KHONG-CO")
    w.dossier(31, "done", receiveDate="2025-12-31 23:59:59", dueDate="2025-12-31 23:59:59",
              releaseDate="2026-01-01 00:00:00", finishDate="2026-01-01 00:00:00")  # fmt: skip
    w.dossier(32, "processing", originality=-3)  # in the waste bin
    w.dossier(33, "processing", originality=9)  # a group of dossiers
    w.dossier(34, "processing", originality=None, online_=None, fromViaPostal=None, lockState=None)
    w.dossier(35, "done", govAgencyCode=DISTRICT, serviceCode="1.001612", dossierNo="HS-35/2026-Đợt 🏠",
              releaseDate="2026-03-05 09:00:00")  # fmt: skip
    w.dossier(36, "waiting", "fee-unheard-of", govAgencyCode=TRUC_BACH, serviceCode="1.001193")


def actions(w: Writer) -> None:
    """Steps and with them pauses."""
    several = ((102, 1, 0), (101, 1, 1), (103, 2, 0), (104, 3, 0), (105, 0, 1))
    w.action(301, 3, "TD", "2026-03-02 09:00:00", users=several, due="2026-03-03 17:00:00")
    # taken on, then rolled back: the first one is open again
    w.action(401, 4, "TD", "2026-03-02 09:00:00", changed="2026-03-03 15:00:00")
    w.action(402, 4, "KQ", "2026-03-03 14:00:00", state=2, changed="2026-03-03 15:00:00", users=((104, 1, 0),))
    w.action(701, 7, "BS", "2026-03-03 11:00:00", users=())
    # two requests, a reminder between two actions of the second, its last one still open
    w.action(801, 8, "BS", "2026-03-02 10:00:00", 802, 1, changed="2026-03-02 15:00:00")
    w.action(802, 8, "TD", "2026-03-02 15:00:00", 803, 1, changed="2026-03-03 09:00:00", users=((106, 1, 0),))
    w.action(803, 8, "BS", "2026-03-03 09:00:00", 804, 1, changed="2026-03-03 16:00:00")
    w.action(804, 8, "NHAC", "2026-03-03 16:00:00")
    w.action(901, 9, "PHI", "2026-03-03 08:00:00")
    w.action(1101, 11, "DUNG", "2026-03-03 08:00:00")
    w.action(1201, 12, "KGQ", "2026-03-04 08:00:00", state=1, changed="2026-03-04 08:00:05")
    # two waiting actions within one second: one pause, one request
    w.action(2101, 21, "BS", "2026-03-02 10:00:00", 2102, 1)
    w.action(2102, 21, "BS", "2026-03-02 10:00:00", 2103, 1, changed="2026-03-03 10:00:00")
    w.action(2103, 21, "KQ", "2026-03-03 10:00:00", 2104, 1, changed="2026-03-05 17:00:01", name="")
    w.action(2104, 21, "XONG", "2026-03-05 17:00:01", state=1, changed="2026-03-06 08:00:00", users=())
    w.action(2401, 24, "KQ", "2026-03-03 08:00:00", 2402, 1, changed="2026-03-03 10:00:00")
    w.action(2402, 24, "TD", "2026-03-03 10:00:00", users=((103, 1, 0),))
    w.action(3201, 32, "BS", "2026-03-02 09:00:00")  # of a dossier in the waste bin
    w.action(5555, 5555, "TD", "2026-03-02 09:00:00")  # of no dossier at all


def money_and_votes(w: Writer) -> None:
    """Fees and ratings."""
    w.put("paymentfile", paymentFileId=w.number(), dossierId=20, paymentAmount=20_000)
    w.put("paymentfile", paymentFileId=w.number(), dossierId=20, paymentAmount=5_000)
    for dossier, votes in ((20, ("1", "3")), (21, ("2", "", "nhận xét"))):
        for selected in votes:
            vote(w, "dossier", dossier, selected)
    vote(w, "employee", 22, "3")


def vote(w: Writer, kind: str, of: int, selected: str, group: int = GROUP) -> None:
    """One question and its answer."""
    number = w.number()
    w.put("voting", group, votingId=number, className=kind, classPK=str(of), subject="Thái độ phục vụ")
    w.put("votingresult", group, votingResultId=number, votingId=number, selected=selected, fullname=SECRETS[0],
          email=SECRETS[4])  # fmt: skip


def other_site(w: Writer) -> None:
    """Another tenant's rows; most point at ours."""
    other = {"group": OTHER}
    w.put("workingunit", **other, workingUnitId=91, parentWorkingUnitId=2, govAgencyCode="000.03.41.H26", name="Khác")
    w.put("serviceinfo", **other, serviceInfoId=91, serviceCode="9.999999", serviceName="Của nơi khác")
    w.put("serviceinfomapping", **other, serviceInfoMappingId=91, serviceCode="1.001193", serviceCodeDVCQG="9.999998")
    w.put("serviceconfig", **other, serviceConfigId=91, serviceInfoId=12, govAgencyCode=TRUC_BACH, serviceLevel=2,
          createDate=utc("2024-01-01 00:00:00"))  # fmt: skip
    w.put("processoption", **other, processOptionId=91, serviceConfigId=24, serviceProcessId=91)
    w.put("serviceprocess", **other, serviceProcessId=91, durationCount=99, durationUnit=0)
    w.put("dossierstatusmapping", **other, dossierStatusMappingId=91, statusCode="odd", subStatusCode="",
          statusCodeDVCQG="10")  # fmt: skip
    w.put("processstep", **other, processStepId=91, serviceProcessId=PROCESS, stepCode="TD", lockState="PAUSE")
    w.put("jobpos", **other, jobPosId=91, title="Chức danh nơi khác")
    w.put("employee", **other, employeeId=91, mappingUserId=106, fullName="Người nơi khác", workingUnitId=91)
    w.dossier(901, "done", **other, releaseDate="2026-03-04 10:00:00")
    w.action(9001, 3, "BS", "2026-03-02 12:00:00", **other)
    w.put("paymentfile", **other, paymentFileId=91, dossierId=21, paymentAmount=999_999)
    vote(w, "dossier", 22, "3", OTHER)
