"""Invented Vietnamese names, papers, phones and addresses. Any likeness to real persons is chance."""

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

FAMILY = [
    "Nguyễn", "Nguyễn", "Nguyễn", "Nguyễn", "Trần", "Trần", "Lê", "Lê", "Phạm", "Hoàng", "Vũ",
    "Đặng", "Bùi", "Đỗ", "Ngô", "Dương", "Lý", "Phan", "Đinh", "Trịnh", "Đào", "Hà", "Mai", "Lương",
    "Tạ", "Chu", "Phùng", "Kiều", "Khuất", "Cấn",
]  # fmt: skip
MIDDLE_F = [
    "Thị", "Thị", "Thị", "Thu", "Thanh", "Ngọc", "Phương", "Kim", "Bích", "Minh", "Hồng", "Thùy",
]  # fmt: skip
MIDDLE_M = [
    "Văn", "Văn", "Văn", "Đức", "Hữu", "Quang", "Minh", "Xuân", "Công", "Đình", "Thanh", "Tuấn",
]  # fmt: skip
GIVEN_F = [
    "Hương", "Lan", "Hoa", "Hà", "Linh", "Trang", "Thủy", "Nga", "Hằng", "Yến", "Mai", "Thảo",
    "Vân", "Nhung", "Dung", "Oanh", "Hiền", "Loan", "Phượng", "Quỳnh", "Anh", "Chi", "Ngân", "Tâm",
    "Huệ",
]  # fmt: skip
GIVEN_M = [
    "Hùng", "Dũng", "Tuấn", "Nam", "Sơn", "Hải", "Long", "Minh", "Thắng", "Cường", "Trung", "Hiếu",
    "Đạt", "Kiên", "Việt", "Tùng", "Phong", "Quân", "Bình", "Hưng", "Khánh", "Lâm", "Tiến", "Thành",
    "Vinh",
]  # fmt: skip


def people(rng: np.random.Generator, n: int) -> npt.NDArray[np.object_]:
    """`n` full names, about half of them women's."""
    woman = rng.random(n) < 0.52
    family = np.array(FAMILY, object)[rng.integers(len(FAMILY), size=n)]
    middle = np.where(
        woman,
        np.array(MIDDLE_F, object)[rng.integers(len(MIDDLE_F), size=n)],
        np.array(MIDDLE_M, object)[rng.integers(len(MIDDLE_M), size=n)],
    )
    given = np.where(
        woman,
        np.array(GIVEN_F, object)[rng.integers(len(GIVEN_F), size=n)],
        np.array(GIVEN_M, object)[rng.integers(len(GIVEN_M), size=n)],
    )
    return np.asarray(family + " " + middle + " " + given)


def numbered(prefix: str, numbers: npt.NDArray[np.int64], width: int) -> pa.Array:
    """`prefix` + zero-padded number, as an Arrow string array."""
    digits = pc.utf8_lpad(pc.cast(pa.array(numbers), pa.string()), width, "0")
    return pc.binary_join_element_wise(prefix, digits, "")


def applicants(
    rng: np.random.Generator, n: int, ward_name: npt.NDArray[np.object_], ward: npt.NDArray[np.int64]
) -> dict[str, pa.Array]:
    """Columns chu_ho_so, so_giay_to, so_dien_thoai, dia_chi of `n` invented applicants living in `ward`."""
    size = min(n, 20_000)
    pool = pa.array(people(rng, size))
    street = pa.array([f"Số {k}, ngõ {k * 7 % 90 + 1}, " for k in range(1, 400)])
    return {
        "chu_ho_so": pool.take(pa.array(rng.integers(size, size=n))),
        # 000… and 09990… are prefixes nobody is given
        "so_giay_to": numbered("000", rng.integers(10**9, size=n), 9),
        "so_dien_thoai": numbered("09990", rng.integers(10**5, size=n), 5),
        "dia_chi": pc.binary_join_element_wise(
            street.take(pa.array(rng.integers(len(street), size=n))),
            pa.array(ward_name).take(pa.array(ward)),
            "",
        ),
    }
