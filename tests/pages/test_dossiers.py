"""The list of dossiers and the single one on screen; each linked number is the count of its list."""

import html
import re
from urllib.parse import parse_qsl, unquote, urlsplit

import pytest
from sqlalchemy import Engine, text

from config.i18n import Texts
from config.registry import registry
from data_access.queries.dossier_pages import dossiers
from data_access.queries.dossiers import DossierFilter
from data_access.store.engine import WHOLE_CITY, reading
from pages.links import list_of, one_dossier
from tests.pages.conftest import SCOPES, Run, english, viewer
from tests.pages.linked import busiest, linked, tables, wish_of

VI = Texts("vi")
NOT_THERE = VI("There is no dossier of this code in your scope.")
CAU_GIAY = "005"


def test_a_wall_has_no_lists(run: Run) -> None:
    assert [one for one in linked(run("overview", "wall")) if wish_of(one.href)] == []
    assert list_of(viewer("wall"), "open") == one_dossier(viewer("wall"), "H26") == ""


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_the_list(run: Run, reader: Engine, lang: str) -> None:
    t = Texts(lang)
    shown = run("dossiers", as_lang=lang, what="overdue", order="-due")
    with reading(reader, WHOLE_CITY) as connection:
        data = dossiers(connection, DossierFilter("overdue"), "-due")
    (told,) = tables(shown)
    assert [row["key"] for row in told["rows"]] == [row["dossier_code"] for row in data.rows]
    assert t("{n} dossiers", n=t.number(data.total)) in shown.words
    assert (told["order"], shown.banners) == ("-due", [])
    if lang == "vi":
        assert english(shown.texts) == []


def test_filters_that_only_links_bring(run: Run, reader: Engine) -> None:
    with reading(reader, WHOLE_CITY) as connection:
        officer, name = connection.execute(
            text("""SELECT officer_id, display_name FROM officer
                     WHERE officer_id IN (SELECT unnest(officer_ids) FROM open_step) LIMIT 1""")
        ).one()
    shown = run("dossiers", what="received", first="2026-11-01", last="2026-11-20", tier="commune", age="to_30")
    labels = [button.label for button in shown.app.button]
    assert f"✕ {VI('received {first} – {last}', first='01/11/2026', last='20/11/2026')}" in labels
    assert f"✕ {VI('Wards and communes')}" in labels
    held = run("dossiers", what="held", officer=officer)
    assert f"✕ {VI('held by {name}', name=name)}" in [button.label for button in held.app.button]


@pytest.mark.parametrize(
    "query",
    [{"what": "all"}, {"age": "old"}, {"first": "yesterday"}, {"channel": "9"}, {"page": "0"}, {"order": "name"},
     {"code": "<script>"}, {"step": ""}, {"ward": "x"}, {"field": "'"}],
)  # fmt: skip
def test_what_an_old_link_may_say(run: Run, query: dict[str, str]) -> None:
    ((name, raw),) = query.items()
    said = VI("The address says “{name}={raw}”, which is not a value of it; it was ignored.", name=name, raw=raw)
    shown = run("dossiers", **query)
    assert (shown.banners, name in shown.app.query_params) == ([said], False)
    assert len(list(tables(shown))) == 1


@pytest.mark.parametrize(
    ("query", "told", "kept"),
    [({"procedure": "9.999999"}, "Không có thủ tục nào mang mã “9.999999”", True),
     ({"unit": "khong-co"}, "Không có đơn vị nào mang mã “khong-co”", True),
     ({"step": "Bước đã bỏ"}, "Không có hồ sơ nào trong phạm vi của bạn đang chờ ở bước “Bước đã bỏ”", True),
     ({"role": "vai-tro-cu"}, "Không có cán bộ nào trong phạm vi của bạn có vai trò “vai-tro-cu”", True),
     ({"field": "khong-co"}, "field=khong-co", False),
     ({"last": "2999-01-01"}, "01/01/2999 là ngày chưa đến", False),
     ({"what": "open_at", "last": "2999-01-01"}, "01/01/2999 là ngày chưa đến", False)],
)  # fmt: skip
def test_codes_and_days_that_do_not_exist_are_told(run: Run, query: dict[str, str], told: str, kept: bool) -> None:
    """What names nothing stays as a filter that can be taken away, and lists nothing; the rest is put aside."""
    shown = run("dossiers", "district", **query)
    (said,) = shown.banners
    assert told in said
    (data,) = tables(shown)
    assert bool(data["rows"]) is not kept
    (name, _), *_ = reversed(query.items())
    assert (name in shown.app.query_params) is kept
    assert ([b for b in shown.app.button if b.key == f"drop-{name}"] != []) is kept


def test_a_role_that_is_known_is_not_called_unknown(run: Run) -> None:
    shown = run("dossiers", "district", role="tiep_nhan", what="open", step="Bước đã bỏ")
    (said,) = shown.banners
    assert "Bước đã bỏ" in said


@pytest.mark.parametrize(
    ("query", "told"),
    [({"what": "settled", "first": "2026-11-20", "last": "2026-11-01"}, "trước khi bắt đầu"),
     ({"what": "received", "first": "2999-01-01", "last": "2999-01-31"}, "chưa bắt đầu"),
     ({"what": "received", "first": "2999-01-01"}, "chưa bắt đầu"),
     ({"what": "settled", "read": "again", "gone": "Tiếp nhận", "procedure": "2.000815"}, "ở mục Quy trình")],
)  # fmt: skip
def test_days_that_make_no_period_and_half_a_link_are_told(run: Run, query: dict[str, str], told: str) -> None:
    shown = run("dossiers", "district", **query)
    (said,) = shown.banners
    assert told in said
    assert not {"first", "last", "read", "gone"} & set(shown.app.query_params)
    assert [row for data in tables(shown) for row in data["rows"]], "the rest of the address holds"


def test_what_a_number_of_process_counts_is_said(run: Run, reader: Engine) -> None:
    """Holders by their names in a ward, else by role; the list says dossiers and handovers."""
    for place in ({"ward": busiest(reader, "268")}, {"district": "268"}):
        shown = run("process", "district", procedure="2.000815", period="2026", **place)
        handed = [one for one in linked(shown) if "giver=" in one.href]
        assert handed
        params = dict(parse_qsl(urlsplit(handed[0].href).query))
        seen = run("dossiers", "district", **params)
        assert seen.banners == []
        (chip,) = [b.label for b in seen.app.button if b.key == "drop-read"]
        assert params["gone"] in chip
        assert params["gone_to"] in chip
        assert params["giver"] not in chip, "no codes"
        assert VI("officers not known") not in chip
        assert VI("{n} handovers", n=handed[0].said) in seen.words
        next(b for b in seen.app.button if b.key == "drop-read").click().run()
        assert not {"read", "gone", "gone_to", "giver", "taker"} & set(seen.app.query_params)


def test_another_districts_rows_stay_there(run: Run, reader: Engine) -> None:
    ward = busiest(reader, CAU_GIAY)
    with reading(reader, WHOLE_CITY) as connection:
        theirs = dossiers(connection, DossierFilter("open", ward=ward)).rows
        officer = connection.execute(
            text("""SELECT officer_id FROM officer WHERE district_code = :d
                       AND officer_id IN (SELECT unnest(officer_ids) FROM open_step) LIMIT 1"""),
            {"d": CAU_GIAY},
        ).scalar_one()
    code = theirs[0]["dossier_code"]
    assert code in run("dossiers", "operations", ward=ward).words, "there is something that could leak"
    asked = [{"ward": ward}, {"district": CAU_GIAY}, {"officer": officer, "what": "held"},
             {"unit": theirs[0]["unit_code"]}, {"code": code, "what": "any"}]  # fmt: skip
    for query in asked:
        shown = run("dossiers", "district", **query)
        assert [row["dossier_code"] for row in theirs if row["dossier_code"] in shown.words.replace(code, "")] == []
        assert registry().wards[ward].name not in shown.words
        ((rows),) = [data["rows"] for data in tables(shown)]
        assert code not in [row["key"] for row in rows]
    alike = [run("dossiers", "district", dossier=asked_for) for asked_for in (code, "H26.99-000000-0000", "<b>")]
    assert [shown.banners for shown in alike] == [[NOT_THERE]] * 3
    assert len({shown.words for shown in alike if "<" not in shown.words}) <= 2, "an unknown code reads the same"
    assert run("dossiers", "operations", dossier=code).banners == []


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_one_dossier_with_pauses_and_late_steps(run: Run, reader: Engine, lang: str) -> None:
    t = Texts(lang)
    with reading(reader, WHOLE_CITY) as connection:
        code = connection.execute(
            text("""SELECT d.dossier_code FROM dossier d JOIN pause p USING (dossier_id) JOIN step s USING (dossier_id)
                     WHERE s.finished_at > s.due_at + interval '1 day' AND d.due_original <> d.due_at
                     ORDER BY 1 LIMIT 1""")
        ).scalar_one()
    shown = run("dossiers", as_lang=lang, dossier=code)
    assert shown.heading == t("Dossier {code}", code=code)
    facts, steps, pauses = tables(shown)
    assert any(row["tones"][1] == "warn" for row in facts["rows"]), "the moved due date is marked"
    assert [row for row in steps["rows"] if row["tones"][-1] == "bad"], "a late step is marked"
    assert pauses["rows"]
    assert any(words.startswith(t("First due date in the source: {due}", due="")) for words in shown.texts)
    (course,) = [str(e.proto.body) for e in shown.app.get("html") if 'class="timeline"' in str(e.proto.body)]
    names = [html.unescape(name) for name in re.findall(r'<span class="name">(.*?)</span>', course)]
    assert names[: len(steps["rows"]) + 2] == [t("Received"), *(r["cells"][0] for r in steps["rows"]), t("Pauses")]
    assert names[len(steps["rows"]) + 2 :][:3] == [t("First due date"), t("Due date now"), t("Due date that counts")]
    assert course.count('class="bar rest"') == len(pauses["rows"])
    assert 'class="bar late"' in course
    sheets = [one.href for one in linked(shown) if "form=process" in one.href]
    assert [dict(parse_qsl(urlsplit(href).query))["dossier"] for href in sheets] == [code]
    if lang == "vi":
        assert english(shown.texts) == []


def test_each_dossier_of_the_list_opens(run: Run, reader: Engine) -> None:
    with reading(reader, SCOPES["district"]) as connection:
        some = dossiers(connection, DossierFilter("any")).rows[:100:12]
    for row in some:
        shown = run("dossiers", "district", dossier=row["dossier_code"])
        assert shown.heading == VI("Dossier {code}", code=row["dossier_code"])
        assert NOT_THERE not in shown.banners


def test_addresses_say_what_they_mean() -> None:
    href = list_of(viewer("operations", "en"), "late", ward="00001", step="Thẩm định & ký", first=None)
    assert unquote(href.replace("+", " ")) == "dossiers?what=late&ward=00001&step=Thẩm định & ký&lang=en"
    assert dict(parse_qsl(urlsplit(href).query))["step"] == "Thẩm định & ký"
    assert list_of(viewer("operations"), "open", ward="{key}") == "dossiers?what=open&ward={key}"
    with pytest.raises(TypeError, match="colour"):
        list_of(viewer("operations"), "open", colour="red")
