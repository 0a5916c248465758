"""Link checks of the last days and the figures other centres publish."""

from typing import Any

import numpy as np
import pyarrow as pa

from data_access.demo.city.load import instants, texts
from data_access.demo.city.settings import tunables
from data_access.demo.city.units import COMMUNE, DISTRICT, Units

SERVICES = ("wan", "onestop", "video")
# code, usual value, its daily spread, lower and upper bound, published per district too
INDICATORS = (
    ("hoi_dap_tiep_nhan", 420.0, 60.0, 0.0, 2000.0, True),
    ("hoi_dap_dung_han_pct", 93.0, 2.5, 60.0, 100.0, True),
    ("phan_anh_qua_han", 35.0, 9.0, 0.0, 500.0, False),
    ("hop_truc_tuyen_xa", 540.0, 25.0, 0.0, 584.0, False),
    ("cuoc_goi_115", 610.0, 70.0, 0.0, 3000.0, False),
    ("camera_hoat_dong_pct", 96.5, 1.0, 70.0, 100.0, False),
)


def link_checks(rng: np.random.Generator, units: Units, now: np.datetime64) -> tuple[dict[str, Any], dict[str, Any]]:
    """Hourly checks of 584 wards × 3 services over the last days, and the outages that last at `now`."""
    knobs = tunables()["links"]
    wards = units.of(COMMUNE)
    hours = int(knobs["days"]) * 24
    n, k = len(wards), len(SERVICES)
    last = now.astype("M8[h]").astype("M8[s]")
    quality = units.link_quality[wards][:, None, None] ** np.array([0.6, 1.0, 2.0])[None, :, None]
    up = rng.random((n, k, hours)) < quality
    # longer outages: a few wards an hour or a day; the line below takes the services above with it
    for w in rng.integers(0, n, 60):
        begin, length = int(rng.integers(0, hours - 2)), int(rng.integers(1, 14))
        service = int(rng.integers(0, k))
        up[w, service if service else slice(None), begin : begin + length] = False
    down_now = rng.choice(n, int(knobs["offline_now"]), replace=False)
    up[:, :, -1] |= units.link_quality[wards][:, None] > 0.99
    for w in down_now:
        up[w, :, -int(rng.integers(1, 9)) :] = False
    ward = np.repeat(np.arange(n), k * hours)
    service_at = np.tile(np.repeat(np.arange(k), hours), n)
    # each ward has its own minute of the hour
    minute = (rng.integers(0, 3600, n)).astype("m8[s]")
    at = (last - np.arange(hours)[::-1].astype("m8[h]"))[None, :] + minute[:, None]
    at = np.where(at > now, at - np.timedelta64(hours, "h"), at)
    times = np.repeat(at[:, None, :], k, 1)
    latency = (rng.lognormal(3.0, 0.45, up.size) * np.repeat(1.3 - units.link_quality[wards] / 3, k * hours)).astype(
        int
    )
    code = units.ward_code[wards]
    flat = up.ravel()
    order = np.argsort(times.ravel(), kind="stable")
    checks = {
        "ma_xa_gso": texts(code, ward[order]),
        "dich_vu": texts(np.array(SERVICES, object), service_at[order]),
        "luc": instants(times.ravel()[order]),
        "thong": pa.array(flat[order]),
        "do_tre_ms": pa.array(latency[order], mask=~flat[order]),
    }
    ends = now + rng.integers(1800, 6 * 3600, len(down_now)).astype("m8[s]")
    outages = {
        "ma_xa_gso": texts(code, np.repeat(down_now, k)),
        "dich_vu": pa.array(np.tile(np.array(SERVICES, object), len(down_now))),
        "den_luc": instants(np.repeat(ends, k)),
    }
    return checks, outages


def observations(rng: np.random.Generator, units: Units, now: np.datetime64) -> dict[str, Any]:
    """One value a day over 400 days, city-wide and for some per district (its share of the city's)."""
    today = now.astype("M8[D]")
    days = (today - np.arange(400)[::-1]).astype("M8[s]") + np.timedelta64(6 * 3600, "s")
    days = days[days <= now]
    rows: list[tuple[str, str, str, np.ndarray, np.ndarray]] = []
    for code, usual, spread, low, high, per_district in INDICATORS:
        drift = np.linspace(0.9, 1.05, len(days)) if high > 100 else 1.0
        rows.append((code, "city", "H26", days, np.clip(rng.normal(usual * drift, spread, len(days)), low, high)))
        for d in units.of(DISTRICT) if per_district else ():
            level = usual / 30 if high > 100 else usual + rng.normal(0, 3)
            value = np.clip(rng.normal(level, spread / (12 if high > 100 else 1), len(days)), low, high)
            rows.append((code, "district", units.code[d], days, value))
    count = [len(r[3]) for r in rows]
    value = np.concatenate([r[4] for r in rows])
    whole = np.array([not str(r[0]).endswith("_pct") for r in rows]).repeat(count)
    return {
        "ma_chi_so": np.repeat([r[0] for r in rows], count),
        "loai_pham_vi": np.repeat([r[1] for r in rows], count),
        "ma_pham_vi": np.repeat([r[2] for r in rows], count),
        "luc": instants(np.concatenate([r[3] for r in rows])),
        "gia_tri": np.where(whole, np.round(value), np.round(value, 1)),
    }
