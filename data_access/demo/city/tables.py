"""Arrays → the columns of the one-stop product's tables."""

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data_access.demo.city.arrivals import ONLINE, Arrivals
from data_access.demo.city.catalogue import Catalogue
from data_access.demo.city.load import dates, instants, texts
from data_access.demo.city.names import applicants, numbered
from data_access.demo.city.offerings import Offerings
from data_access.demo.city.officers import FUNCTION, FUNCTIONS, Officers
from data_access.demo.city.processing import NAT, Lives, Steps
from data_access.demo.city.redating import Moved
from data_access.demo.city.state import Events, State
from data_access.demo.city.units import Ints, Objects, Units

TIERS = np.array(["TINH", "HUYEN", "XA"], object)
LIMIT_UNITS = {"hour": "GIO", "day": "NGAY", "working_day": "NGAY_LAM_VIEC", "month": "THANG"}
FEES = np.array([5_000, 8_000, 15_000, 30_000, 50_000, 100_000])


def unit_columns(units: Units) -> dict[str, Any]:
    """don_vi."""
    n = len(units.code)
    return {
        "ma_don_vi": pa.array(units.code), "ten": pa.array(units.name), "cap": pa.array(TIERS[units.tier]),
        "ma_cha": pa.array(units.parent, pa.string()), "ma_xa_gso": pa.array(units.ward_code, pa.string()),
        "hieu_luc_tu": dates(np.full(n, "2008-08-01", "M8[D]")),
    }  # fmt: skip


def procedure_columns(cat: Catalogue) -> dict[str, Any]:
    """thu_tuc."""
    return {
        "ma_tthc": pa.array(cat.code), "ten": pa.array(cat.name), "ma_linh_vuc": pa.array(cat.field_code),
        "ten_linh_vuc": pa.array(cat.field), "cap": pa.array(TIERS[cat.tier]),
        "thoi_han": pa.array(cat.limit_value),
        "don_vi_tinh": pa.array([LIMIT_UNITS[u] for u in cat.limit_unit]),
        "trong_ngay": pa.array(cat.same_day),
        "co_phi": pa.array(cat.has_fee), "du_dieu_kien_truc_tuyen": pa.array(cat.eligible),
        "cong_bo_iso": pa.array(cat.iso), "hieu_luc_tu": dates(np.full(len(cat.code), "2013-01-01", "M8[D]")),
    }  # fmt: skip


def offering_columns(units: Units, cat: Catalogue, o: Offerings) -> dict[str, Any]:
    """cung_cap."""
    return {
        "ma_don_vi": texts(units.code, o.unit), "ma_tthc": texts(cat.code, o.procedure),
        "muc_do": pa.array(o.level),
        "tu_ngay": dates(o.start), "den_ngay": dates(o.end), "tich_hop_quoc_gia": pa.array(o.national),
    }  # fmt: skip


def officer_columns(rng: np.random.Generator, units: Units, f: Officers, now: np.datetime64) -> dict[str, Any]:
    """can_bo. Active accounts were seen within the last days, locked ones months ago."""
    n = len(f.code)
    ago = np.where(f.active, rng.exponential(30 * 3600, n), rng.uniform(60, 700, n) * 86_400).astype("m8[s]")
    return {
        "ma_can_bo": pa.array(f.code), "ho_ten": pa.array(f.name), "ma_don_vi": texts(units.code, f.unit),
        "vai_tro": pa.array(f.role), "chuyen_mon": pa.array(np.array(FUNCTIONS, object)[f.function]),
        "hoat_dong": pa.array(f.active), "truy_cap_cuoi": instants(now - ago),
    }  # fmt: skip


def dossier_codes(units: Units, a: Arrivals) -> pa.Array:
    """Code of the receiving unit, day of arrival, sequence within that day: 000.01.41.H26-261122-0001."""
    day = a.arrived.astype("M8[D]")
    key = a.received_by * 100_000 + day.astype(np.int64)
    order = np.argsort(key, kind="stable")
    fresh = np.concatenate(([True], key[order][1:] != key[order][:-1]))
    run = np.arange(len(key))
    sequence = np.empty(len(key), np.int64)
    sequence[order] = run - np.maximum.accumulate(np.where(fresh, run, 0)) + 1
    first = day.min()
    names = np.array([str(d).replace("-", "")[2:] for d in first + np.arange(int((day.max() - first).astype(int)) + 1)])
    return pc.binary_join_element_wise(
        texts(units.code, a.received_by),
        texts(names, (day - first).astype(int)),
        numbered("", sequence, 4),
        "-",
    )


def dossier_columns(
    rng: np.random.Generator, units: Units, cat: Catalogue, a: Arrivals, *, lives: Lives, s: State
) -> dict[str, Any]:
    """ho_so; ids HS000000001 … in order of arrival."""
    n = len(a.unit)
    online = a.channel == ONLINE
    ready, fee = units.readiness[a.unit], cat.has_fee[a.procedure]
    free = rng.random(n) < 0.08  # poor households, war invalids
    due_fee = np.where(fee & ~free, FEES[rng.integers(0, len(FEES), n)], 0)
    done = np.isin(s.status, (9, 10))
    taken = ~np.isin(s.status, (1, 3))
    home = np.where(rng.random(n) < 0.9, a.matter, rng.permutation(a.matter))
    wards = np.array([str(x).replace("UBND ", "") for x in units.name], object)
    return {
        "id_ho_so": numbered("HS", np.arange(1, n + 1), 9),
        "ma_ho_so": dossier_codes(units, a),
        "ma_tthc": texts(cat.code, a.procedure),
        "don_vi_tiep_nhan": texts(units.code, a.received_by),
        "don_vi_xu_ly": texts(units.code, a.unit),
        "xa_vu_viec": texts(units.ward_code, a.matter),
        "kenh": pa.array(a.channel),
        "trang_thai": pa.array(s.status),
        "ngay_nop": instants(a.submitted),
        "ngay_tiep_nhan": instants(np.where(taken, a.received, NAT)),
        "hen_tra": instants(s.due),
        "hen_tra_goc": instants(np.where(taken, lives.due_original, NAT)),
        "ngay_ket_thuc": instants(s.finished),
        "ngay_tra": instants(s.returned),
        "so_lan_bo_sung": pa.array(s.supplements),
        "so_lan_xin_loi": pa.array(s.apologies),
        "ly_do_tre": pa.array(s.late_reason, pa.string()),
        "phi_phai_nop": pa.array(due_fee),
        "nop_phi_truc_tuyen": pa.array((due_fee > 0) & online & (rng.random(n) < 0.25 + 0.5 * ready)),
        "so_hoa_thanh_phan": pa.array(online | (rng.random(n) < ready * 0.75)),
        "so_hoa_ket_qua": pa.array(done & (rng.random(n) < 0.2 + 0.7 * ready)),
        "ky_so": pa.array(done & (rng.random(n) < np.where(online, 0.85, 0.25) * ready)),
        "tu_nop": pa.array(online & (rng.random(n) < 0.45 + 0.4 * ready)),
        "xac_thuc_dien_tu": pa.array(online & (rng.random(n) < 0.7)),
        "diem_danh_gia": pa.array(s.rating, mask=s.rating == 0),
        "da_xoa": pa.array(np.zeros(n, bool)),
        "cap_nhat": instants(s.updated),
        **applicants(rng, n, wards, home),
    }


def step_columns(rng: np.random.Generator, officers: Officers, a: Arrivals, steps: Steps) -> dict[str, Any]:
    """buoc_xu_ly; ids B0000000001 … in order of start. Mostly one officer, about 8 % two or three."""
    order = np.argsort(steps.start, kind="stable")
    dossier = steps.dossier[order]
    function = np.array([FUNCTION[f] for f in FUNCTION], np.int64)[_codes(steps.function[order])]
    unit = a.unit[dossier]
    # what was handed in elsewhere is received there
    unit = np.where((steps.index[order] == 0) & (function == FUNCTION["tiep_nhan"]), a.received_by[dossier], unit)
    first = officers.pick(rng, unit, function)
    draw = rng.random(len(order))
    second = officers.neighbour(first, unit, function, 1)
    third = officers.neighbour(first, unit, function, 2)
    two = (draw < 0.08) & (second != first)
    three = (draw < 0.015) & two & (third != first)
    names = pa.array(officers.code)
    none = pa.scalar(None, pa.string())

    def other(position: Ints, there: np.ndarray) -> pa.Array:
        return pc.if_else(pa.array(there), names.take(pa.array(position)), none)

    inside = pc.binary_join_element_wise(
        names.take(pa.array(first)), other(second, two), other(third, three), ",", null_handling="skip"
    )
    start, end = steps.start[order], steps.end[order]
    return {
        "id_buoc": numbered("B", np.arange(1, len(order) + 1), 10),
        "id_ho_so": numbered("HS", dossier + 1, 9),
        "ten_buoc": pc.dictionary_encode(pa.array(steps.name[order])).cast(pa.string()),
        "can_bo": pc.binary_join_element_wise("{", inside, "}", ""),
        "bat_dau": instants(start),
        "han_buoc": instants(steps.due[order]),
        "ket_thuc": instants(end),
        "cap_nhat": instants(np.fmax(start, end)),
    }


def _codes(names: Objects) -> Ints:
    """Function names → their positions in FUNCTIONS, via Arrow (no Python loop per row)."""
    return np.asarray(pc.index_in(pa.array(names), pa.array(list(FUNCTIONS))).to_numpy(zero_copy_only=False), np.int64)


def pause_columns(events: Events, now: np.datetime64) -> dict[str, Any]:
    """tam_dung; an end that lies ahead of `now` is not written."""
    p = events.pauses
    return {
        "id_ho_so": numbered("HS", p.dossier + 1, 9),
        "tu_luc": instants(p.start),
        "den_luc": instants(np.where(p.end <= now, p.end, NAT)),
        "ly_do": pa.array(p.reason, pa.string()),
    }


def redated_columns(events: Events) -> dict[str, Any]:
    """thay_doi_han."""
    whole = [np.concatenate([getattr(m, f) for m in events.moved]) for f in Moved.__dataclass_fields__]
    who, at, old, new, reason = whole
    return {
        "id_ho_so": numbered("HS", who + 1, 9),
        "luc": instants(at),
        "han_cu": instants(old),
        "han_moi": instants(new),
        "ly_do": pa.array(reason, pa.string()),
    }


def rating_columns(s: State) -> dict[str, Any]:
    """danh_gia."""
    who = np.flatnonzero(s.rating > 0)
    return {
        "id_ho_so": numbered("HS", who + 1, 9),
        "diem": pa.array(s.rating[who]),
        "luc": instants(s.rated_at[who]),
    }


def plan_columns(s: State) -> dict[str, Any]:
    """ke_hoach: what the simulator does next with each dossier that is not at rest."""
    who = np.flatnonzero(~np.isnat(s.next_at))
    return {
        "id_ho_so": numbered("HS", who + 1, 9),
        "luc": instants(s.next_at[who]),
        "viec": pa.array(s.next_what[who]),
        "quy_trinh": pa.array(s.family[who]),
        "buoc": pa.array(s.step[who]),
        "giay": pa.array(s.span[who]),
    }
