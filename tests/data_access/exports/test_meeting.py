"""The meeting pack: its sums, its figures, and what it says of each ward to discuss."""

import openpyxl
import pypdfium2
from sqlalchemy import Engine

from config.indicators import indicator
from config.registry import registry
from data_access.exports.catalogue import make_meeting
from data_access.exports.jobs import Exports
from data_access.exports.log import About
from data_access.exports.meeting import STEPS, Discuss, to_discuss
from data_access.exports.official import Official
from data_access.queries.form_ii06a import form_ii06a
from data_access.queries.form_meeting import meeting
from data_access.queries.red import why_changed
from data_access.queries.ward import stuck_steps
from data_access.red_words import sentence
from data_access.rules.period import comparable
from data_access.store.engine import reading
from tests.data_access.exports.test_exports import (
    CAU_GIAY,
    CHAIR,
    HA_DONG,
    PERIOD,
    WARD,
    T,
    desk,
    file_of,
    finished,
    words_in_pdf,
)  # fmt: skip
from tests.support.cities import NOW

__all__ = ["desk"]


def test_the_meeting_pack_adds_up(desk: Exports, reader: Engine) -> None:
    before = comparable(PERIOD, NOW.date())
    with reading(reader, CHAIR.scope) as connection:
        data = meeting(connection, HA_DONG, PERIOD.first, PERIOD.last, before.first, before.last)
        ends = [form_ii06a(connection, w.last, w.last, HA_DONG).total for w in data.weeks]
        theirs = meeting(connection, CAU_GIAY, PERIOD.first, PERIOD.last, before.first, before.last)
    assert sum(u["received"] for u in data.units) == data.form.total.new
    assert sum(u["settled"] for u in data.units) == data.form.total.settled
    assert {k: sum(u[k] for u in data.units) for k in ("open", "overdue", "due_24h", "suspended")} == vars(data.stock)
    assert [(w.still_open, w.overdue) for w in data.weeks] == [(e.still_open, e.overdue) for e in ends]
    assert (theirs.units, theirs.stock.open, theirs.form.lines) == ((), 0, ())
    place, talk = Official(HA_DONG, None, CHAIR.scope), [Discuss(WARD, ["năm hồ sơ quá hạn"])]
    make = make_meeting(CHAIR, place, PERIOD, talk, T)
    words = words_in_pdf(file_of(finished(desk, CHAIR, About("meeting", "pdf", "vi", HA_DONG), make)))
    for said in ("Quận Hà Đông", "năm hồ sơ quá hạn", T.number(data.stock.open), "Tiếp nhận và giải quyết theo tuần"):
        assert said in words
    path = file_of(finished(desk, CHAIR, About("meeting", "xlsx", "vi", HA_DONG), make))
    (total,) = [row for row in openpyxl.load_workbook(path).worksheets[0].iter_rows(values_only=True)
                if row[1] == T("Total")]  # fmt: skip
    with reading(reader, CHAIR.scope) as connection:
        made = make(connection, 1, NOW)
    figures = [indicator(code).name("vi") for code in ("form_received", "form_settled", "online_period",
               "satisfied_period", "open", "overdue", "due_24h", "suspended", "coverage")]  # fmt: skip
    figures.insert(2, indicator("form_on_time").short_name("vi"))
    assert [name for name, _, _ in made.pack["figures"]] == figures, "named as on the screens"
    whole, flows = data.places.whole, data.places.whole.flows
    offers = data.places.procedures * len(data.places.wards)
    assert [value for _, value, _ in made.pack["figures"]] == [
        T.number(data.form.total.new), T.number(data.form.total.settled), T.percent(data.form.total.on_time_share),
        T.share(flows["received_online"], flows["received"]), T.share(flows["satisfied"], flows["rated"]),
        *(T.number(getattr(data.stock, code)) for code in ("open", "overdue", "due_24h", "suspended")),
        T.share(whole.offered, offers),
    ]  # fmt: skip
    assert (flows["received"], flows["settled"]) == (data.form.total.new, data.form.total.settled)
    assert indicator("form_on_time").formula_text("vi") in made.notes[0]
    now, stock = data.form.total, data.stock
    assert total[2:4] == (now.new, now.settled)
    assert total[5:] == (stock.open, stock.overdue, stock.due_24h, stock.suspended)


def test_the_pack_says_of_each_ward_why_and_where_dossiers_wait(desk: Exports, reader: Engine) -> None:
    since = comparable(PERIOD, NOW.date()).last
    with reading(reader, CHAIR.scope) as connection:
        wards = [ward.code for ward in registry().wards_of(HA_DONG)]
        waits = {ward: stuck_steps(connection, ward) for ward in wards}
        some = sorted(wards, key=lambda ward: -len(waits[ward]))[:3]
        changes = {ward: why_changed(connection, ward, "overdue", since) for ward in some}
    talk = [to_discuss(ward, ["lý do"], changes[ward], waits[ward], T) for ward in some]
    make = make_meeting(CHAIR, Official(HA_DONG, None, CHAIR.scope), PERIOD, talk, T)
    path = file_of(finished(desk, CHAIR, About("meeting", "pdf", "vi", HA_DONG), make))
    pages = [page.get_textpage().get_text_bounded() for page in pypdfium2.PdfDocument(path)]
    (page,) = (
        " ".join(words.split()) for words in pages if T("Wards to discuss: why, and where dossiers wait") in words
    )
    assert waits[some[0]]
    for ward in some:
        assert registry().wards[ward].name in page
        assert sentence(changes[ward], T) in page
        for one in waits[ward][:STEPS]:
            assert one["step_name"] in page
            assert all(name in page for name in one["holders"])
