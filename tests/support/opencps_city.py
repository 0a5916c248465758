"""The generated city as an OpenCPS database: its one-stop tables, translated row by row."""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import islice, pairwise
from typing import Any

import psycopg
from psycopg.rows import namedtuple_row

from tests.support.opencps import GROUP, insert

STATUS = {  # national code → status, substatus, lock
    1: ("new", "", ""), 2: ("processing", "", ""), 3: ("denied", "", ""), 4: ("processing", "appraisal", ""),
    5: ("waiting", "", "PAUSE"), 6: ("paying", "", ""), 7: ("cancelled", "", ""), 8: ("pausing", "", ""),
    9: ("releasing", "", ""), 10: ("done", "", ""),
}  # fmt: skip
WAITING = {"bo_sung": "BS", "nghia_vu_tai_chinh": "PHI", "dung_xu_ly": "DUNG"}
STEPS = (("TD", 4), ("BS", 5), ("PHI", 6), ("DUNG", 8))
ONLY = 1  # one process holds all steps
Rows = Iterator[Any]


def translate(onestop: str, cursor: Any) -> dict[str, int]:
    """Fill empty OpenCPS tables (on `cursor`) from the city behind the PostgreSQL DSN; rows per table."""
    with psycopg.connect(onestop, row_factory=namedtuple_row) as source:

        def read(query: str) -> Rows:
            with source.cursor("reading") as reader:
                yield from reader.execute(query)

        made = _Made(cursor)
        _catalogue(made, read)
        accounts = _people(made, read)
        numbers = _dossiers(made, read)
        _actions(made, read, numbers, accounts)
    return made.rows


class _Made:
    """Writes rows of the site in batches."""

    def __init__(self, cursor: Any) -> None:
        self.cursor = cursor
        self.rows: dict[str, int] = {}
        self.units: dict[str, int] = {}

    def put(self, table: str, rows: Iterator[dict[str, Any]], site: bool = True) -> None:
        self.cursor.execute("START TRANSACTION")
        while batch := [({"groupId": GROUP} if site else {}) | row for row in islice(rows, 2_000)]:
            insert(self.cursor, f"opencps_{table}", batch)
            self.rows[table] = self.rows.get(table, 0) + len(batch)
        self.cursor.execute("COMMIT")


def _catalogue(made: _Made, read: Callable[[str], Rows]) -> None:
    units = list(read("SELECT * FROM onestop.don_vi ORDER BY ma_don_vi"))
    made.units = {u.ma_don_vi: n for n, u in enumerate(units, 1)}
    made.put("workingunit", ({
        "workingUnitId": made.units[u.ma_don_vi], "parentWorkingUnitId": made.units.get(u.ma_cha, 0),
        "govAgencyCode": u.ma_don_vi, "name": u.ten,
    } for u in units))  # fmt: skip
    procedures = {p.ma_tthc: (n, p) for n, p in enumerate(read("SELECT * FROM onestop.thu_tuc ORDER BY ma_tthc"), 10)}
    made.put("serviceinfo", ({
        "serviceInfoId": n, "serviceCode": code, "serviceName": p.ten, "domainCode": p.ma_linh_vuc,
        "domainName": p.ten_linh_vuc,
    } for code, (n, p) in procedures.items()))  # fmt: skip
    days = {"GIO": 1, "NGAY": 1, "NGAY_LAM_VIEC": 1, "THANG": 22}
    made.put("serviceprocess", ({
        "serviceProcessId": n, "durationCount": p.thoi_han * days[p.don_vi_tinh],
        "durationUnit": int(p.don_vi_tinh == "GIO"), "requestPayment": int(p.co_phi),
    } for n, p in procedures.values()))  # fmt: skip
    offers = list(read("SELECT DISTINCT ON (ma_don_vi, ma_tthc) ma_don_vi, ma_tthc, muc_do, tu_ngay "
                       "FROM onestop.cung_cap WHERE den_ngay IS NULL ORDER BY 1, 2, tu_ngay DESC"))  # fmt: skip
    made.put("serviceconfig", ({
        "serviceConfigId": n, "serviceInfoId": procedures[o.ma_tthc][0], "govAgencyCode": o.ma_don_vi,
        "serviceLevel": o.muc_do, "createDate": o.tu_ngay,
    } for n, o in enumerate(offers, 1)))  # fmt: skip
    made.put("processoption", ({
        "processOptionId": n, "serviceConfigId": n, "serviceProcessId": procedures[o.ma_tthc][0],
    } for n, o in enumerate(offers, 1)))  # fmt: skip
    made.put("dossierstatusmapping", ({
        "dossierStatusMappingId": code, "statusCode": status, "subStatusCode": sub, "statusCodeDVCQG": str(code),
    } for code, (status, sub, _) in STATUS.items()))  # fmt: skip
    made.put("processstep", ({
        "processStepId": n, "serviceProcessId": ONLY, "stepCode": code, "dossierStatus": STATUS[national][0],
        "dossierSubStatus": STATUS[national][1], "lockState": STATUS[national][2],
    } for n, (code, national) in enumerate(STEPS, 1)))  # fmt: skip


def _people(made: _Made, read: Callable[[str], Rows]) -> dict[str, int]:
    people = list(read("SELECT * FROM onestop.can_bo ORDER BY ma_can_bo"))
    accounts = {p.ma_can_bo: n for n, p in enumerate(people, 20_001)}
    made.put("employee", ({
        "employeeId": n, "mappingUserId": accounts[p.ma_can_bo], "fullName": p.ho_ten, "jobPosTitle": p.vai_tro,
        "workingUnitId": made.units[p.ma_don_vi], "workingStatus": 1 if p.hoat_dong else 2,
    } for n, p in enumerate(people, 1)))  # fmt: skip
    return accounts


def _dossiers(made: _Made, read: Callable[[str], Rows]) -> dict[str, int]:
    rows = list(read("SELECT * FROM onestop.ho_so ORDER BY ngay_nop, id_ho_so"))
    numbers = {d.id_ho_so: n for n, d in enumerate(rows, 1)}
    made.put("dossier", ({
        "dossierId": numbers[d.id_ho_so], "referenceUid": d.id_ho_so, "dossierNo": d.ma_ho_so,
        "serviceCode": d.ma_tthc, "govAgencyCode": d.don_vi_xu_ly, "dossierStatus": STATUS[d.trang_thai][0],
        "dossierSubStatus": STATUS[d.trang_thai][1], "lockState": STATUS[d.trang_thai][2],
        "online_": int(d.kenh == 2), "fromViaPostal": 2 * int(d.kenh == 3), "originality": -3 if d.da_xoa else 3,
        "submitDate": gmt(d.ngay_nop), "receiveDate": gmt(d.ngay_tiep_nhan), "dueDate": gmt(d.hen_tra),
        "releaseDate": gmt(d.ngay_ket_thuc), "finishDate": gmt(d.ngay_tra), "modifiedDate": gmt(d.cap_nhat),
        "applicantName": d.chu_ho_so, "applicantIdNo": d.so_giay_to, "contactTelNo": d.so_dien_thoai,
        "address": d.dia_chi,
    } for d in rows))  # fmt: skip
    made.put("paymentfile", ({
        "paymentFileId": n, "dossierId": numbers[d.id_ho_so], "paymentAmount": d.phi_phai_nop,
    } for n, d in enumerate(rows, 1) if d.phi_phai_nop))  # fmt: skip
    rated = [d for d in rows if d.diem_danh_gia]
    made.put("voting", ({
        "votingId": n, "className": "dossier", "classPK": str(numbers[d.id_ho_so]),
    } for n, d in enumerate(rated, 1)))  # fmt: skip
    made.put("votingresult", ({
        "votingResultId": n, "votingId": n, "selected": str(4 - d.diem_danh_gia),
    } for n, d in enumerate(rated, 1)))  # fmt: skip
    return numbers


def _actions(made: _Made, read: Callable[[str], Rows], numbers: dict[str, int], accounts: dict[str, int]) -> None:
    """Steps become actions one after the other; a pause is two more, into waiting and back, beside them."""
    steps = list(read("SELECT * FROM onestop.buoc_xu_ly ORDER BY id_ho_so, bat_dau, id_buoc"))
    number = {s.id_buoc: n for n, s in enumerate(steps, 1)}
    following = {a.id_buoc: number[b.id_buoc] for a, b in pairwise(steps) if a.id_ho_so == b.id_ho_so and a.ket_thuc}
    made.put("dossieraction", ({
        "dossierActionId": number[s.id_buoc], "dossierId": numbers[s.id_ho_so], "serviceProcessId": ONLY,
        "stepCode": "TD", "stepName": s.ten_buoc, "state_": int(s.ket_thuc is not None),
        "nextActionId": following.get(s.id_buoc, 0), "createDate": gmt(s.bat_dau), "dueDate": gmt(s.han_buoc),
        "modifiedDate": gmt(s.cap_nhat if s.id_buoc in following or not s.ket_thuc else s.ket_thuc),
    } for s in steps))  # fmt: skip
    made.put("dossieractionuser", ({
        "dossierActionId": number[s.id_buoc], "userId": accounts[officer], "dossierId": numbers[s.id_ho_so],
        "stepCode": "TD", "assigned": 1,
    } for s in steps for officer in s.can_bo), site=False)  # fmt: skip
    pauses = list(read("SELECT * FROM onestop.tam_dung ORDER BY id_ho_so, tu_luc"))
    made.put("dossieraction", _waiting(pauses, numbers, len(steps)))


def _waiting(pauses: Sequence[Any], numbers: dict[str, int], last: int) -> Iterator[dict[str, Any]]:
    for pause in pauses:
        last += 2
        common = {"dossierId": numbers[pause.id_ho_so], "serviceProcessId": ONLY, "dueDate": None}
        yield {
            "dossierActionId": last, "stepCode": WAITING[pause.ly_do], "stepName": "Chờ", **common,
            "state_": int(pause.den_luc is not None), "nextActionId": last + 1 if pause.den_luc else 0,
            "createDate": gmt(pause.tu_luc), "modifiedDate": gmt(pause.den_luc or pause.tu_luc),
        }  # fmt: skip
        if pause.den_luc:
            yield {
                "dossierActionId": last + 1, "stepCode": "TD", "stepName": "Tiếp tục xử lý", **common, "state_": 1,
                "nextActionId": 0, "createDate": gmt(pause.den_luc), "modifiedDate": gmt(pause.den_luc),
            }  # fmt: skip


def gmt(at: datetime | None) -> datetime | None:
    """As Liferay writes it."""
    return at.astimezone(UTC).replace(tzinfo=None, microsecond=0) if at else None
