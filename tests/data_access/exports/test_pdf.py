"""How pages break and columns hold: looked at in the PDF itself."""

from dataclasses import replace
from pathlib import Path

import pypdfium2
import pytest

from data_access.exports import lists
from data_access.exports.document import Row
from data_access.exports.official import Official
from data_access.exports.pdf import write_pdf
from data_access.store.engine import WHOLE_CITY
from tests.data_access.exports.test_exports import T, blank


def test_no_row_is_broken_over_two_pages(tmp_path: Path) -> None:
    _, _, *others = blank().columns

    def row(n: int) -> Row:
        return Row((f"r{n}", f"begin{n} " + "một câu dài " * (3 * (n % 9)) + f"end{n}", *(n,) * len(others)))

    rows = [row(n) for n in range(1, 61)]
    path = tmp_path / "long.pdf"
    assert write_pdf(replace(blank(), rows=rows, count=60), path, T, lambda _: None) == 60
    pages = [page.get_textpage().get_text_bounded().split() for page in pypdfium2.PdfDocument(path)]
    assert len(pages) > 3
    for n in range(1, 61):
        (page,) = (words for words in pages if f"r{n}" in words)
        assert {f"begin{n}", f"end{n}"} <= set(page), n


@pytest.mark.parametrize("code", ["000.23.50.H26-260508-0001", "H26.23-50-" + "0123456789" * 6])
def test_a_code_stays_in_its_column(tmp_path: Path, code: str) -> None:
    """The usual one on one line; one that no column holds is broken."""
    columns = lists.document("overdue", (), 0, Official(None, None, WHOLE_CITY), blank().stamp, T).columns
    row = Row((1, code, "BESIDE", *(None,) * (len(columns) - 3)))
    path = tmp_path / "list.pdf"
    write_pdf(replace(blank(), columns=columns, rows=[row], count=1, numbered=False), path, T, lambda _: None)
    text_page = pypdfium2.PdfDocument(path)[0].get_textpage()
    head, many = text_page.search(columns[-1].title).get_next()
    beside, _ = text_page.search("BESIDE").get_next()
    said = [n for n in range(head + many, beside) if text_page.get_text_range(n, 1).strip("\r\n\u200b ")]
    boxes = [text_page.get_charbox(n) for n in said]
    assert max(right for _, _, right, _ in boxes) < text_page.get_charbox(beside)[0]
    lines = {round(bottom / 8) for _, bottom, _, top in boxes if top - bottom > 4}
    assert (len(lines) > 1) is (len(code) > 30)


@pytest.mark.parametrize("after", [2, 12])
def test_the_head_of_a_section_stands_with_its_first_row(tmp_path: Path, after: int) -> None:
    """Wherever the page ends, also where only the last rows, which stay with the signatures, come after it."""
    path, ends = tmp_path / "form.pdf", set()
    for before in range(22, 38):
        rows = [
            *(Row((f"a{n}", "x", *(n,) * 11)) for n in range(before)), Row(("B", "SECTION", *(1,) * 11), "section"),
            *(Row((f"b{n}", "x", *(n,) * 11)) for n in range(after)), Row(("", "Tổng số", *(1,) * 11), "total"),
        ]  # fmt: skip
        write_pdf(replace(blank(), rows=rows, count=len(rows)), path, T, lambda _: None)
        pages = [page.get_textpage().get_text_bounded().split() for page in pypdfium2.PdfDocument(path)]
        (page,) = (words for words in pages if "SECTION" in words)
        assert "b0" in page, before
        ends.add(f"a{before - 1}" in page)
    assert ends == {True, False}, "some begin a page"
