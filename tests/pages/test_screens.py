"""Each screen's page for each role, in both languages, over a real store."""

import re
from typing import Any

import pytest
from sqlalchemy import Engine, text

from config.files import FILES
from config.i18n import Texts
from config.indicators import indicator
from config.registry import registry
from data_access.queries.overview import overview
from data_access.store.engine import WHOLE_CITY, Scope, reading
from pages.screens import SCREENS, screens_for
from tests.pages.conftest import HA_DONG, Run, english, viewer

ROLES = ("operations", "district", "it")
HEADINGS = {
    "alerts": ("Cảnh báo", "Alerts"),
    "coverage": ("Độ phủ dịch vụ", "Service coverage"),
    "backlog": ("Hồ sơ tồn", "Backlog"),
    "dossiers": ("Hồ sơ", "Dossiers"),
    "workload": ("Tải công việc cán bộ", "Officer workload"),
    "quality": ("Chất lượng dữ liệu", "Data quality"),
    "forms": ("Biểu mẫu", "Forms"),
    "qd766": ("Điểm Quyết định 766", "Decision 766 score"),
    "boundaries": ("Ranh giới xã, phường", "Wards and boundaries"),
    "source": ("Nguồn dữ liệu", "Data source"),
    "users": ("Người dùng và thiết bị", "Users and devices"),
    "audit": ("Nhật ký kiểm tra", "Audit log"),
    "health": ("Tình trạng hệ thống", "System health"),
    "settings": ("Cấu hình", "Configuration"),
    "working_calendar": ("Lịch làm việc", "Working calendar"),
}
FIGURES = {
    "overview": ("open", "overdue", "due_24h", "suspended", "on_time_rate", "received_today", "received_commune",
                 "links_up"),
    "district": ("open", "overdue", "due_24h", "form_on_time", "online_period", "satisfied_period", "coverage"),
    "alerts": ("alerts_open", "alerts_waiting", "alerts_today", "alerts_wards"),
    "coverage": ("city_online", "coverage", "active_coverage", "full_coverage"),
    "backlog": ("open", "overdue", "due_24h", "suspended", "work_days"),
    "dossiers": ("open", "overdue", "due_24h", "suspended"),
    "workload": ("officer_steps", "officer_overdue", "throughput", "step_on_time", "overloaded"),
    "quality": ("quality_troubled", "quality_unknown", "quality_time", "silent_wards", "paper_wards"),
    "forms": ("form_received", "form_carried", "form_settled", "form_on_time", "form_open", "form_overdue"),
    "qd766": ("qd766_score", "qd766_2_1", "qd766_settled", "qd766_2_2"),
}  # fmt: skip
FIGURES["ward"] = FIGURES["compare"] = FIGURES["district"]
FIGURES["process"] = ("process_read", "process_time", "handovers", "step_repeated", "open", "overdue")
FIGURES |= dict.fromkeys(("boundaries", "source", "users", "audit", "health", "settings", "working_calendar"), ())


def test_roles_and_their_screens() -> None:
    every = [
        "overview", "alerts", "district", "ward", "compare", "coverage", "backlog", "dossiers", "process", "workload",
        "qd766", "forms", "quality",
    ]  # fmt: skip
    for_it = ["source", "boundaries", "users", "settings", "working_calendar", "audit", "health"]
    chair = sorted(every, key=lambda path: path != "district")
    assert {role: [s.path for s in screens_for(role)] for role in (*ROLES, "wall")} == {
        "operations": every, "district": chair, "it": [*every, *for_it], "wall": [],
    }  # fmt: skip
    assert screens_for("nobody") == []


@pytest.mark.parametrize("lang", ["vi", "en"])
@pytest.mark.parametrize("role", ROLES)
def test_each_screen_for_each_role(run: Run, role: str, lang: str) -> None:
    for screen in screens_for(role):
        shown = run(screen.path, role, lang)
        if screen.path == "overview":
            place = registry().districts[HA_DONG].name if role == "district" else Texts(lang)("The city now")
            assert shown.heading == place
        elif screen.path in ("district", "ward"):
            places = [d for d in registry().districts.values() if role != "district" or d.code == HA_DONG][:1]
            wards = registry().wards_of(places[0].code)
            assert shown.heading in {p.name for p in (places if screen.path == "district" else wards)}
        elif screen.path in ("process", "compare"):
            assert shown.heading  # the procedure's or the wards' names
        else:
            assert shown.heading == Texts(lang)(HEADINGS[screen.path][1])
        assert list(shown.figures) == [indicator(code).name(lang) for code in FIGURES[screen.path]]
        assert shown.banners == []
        if lang == "vi":
            # the editor holds the first file's own text
            written = {line.strip() for line in next(iter(FILES.values())).text().splitlines()}
            left = set(english(shown.texts))
            assert (left - written if screen.path == "settings" else left) == set(), screen.path


def test_the_search_for_english_finds_it(run: Run) -> None:
    assert len(english(run("overview", as_lang="en").texts)) > 10


@pytest.mark.parametrize(("lang", "mark"), [("vi", "."), ("en", ",")])
@pytest.mark.parametrize("scope", [WHOLE_CITY, Scope((HA_DONG,))], ids=["city", "district"])
def test_the_figures_of_the_landing_screen(run: Run, reader: Engine, lang: str, mark: str, scope: Scope) -> None:
    with reading(reader, scope) as connection:
        f: dict[str, Any] = overview(connection).figures
    t = Texts(lang)
    figures = run("overview", "operations" if scope.is_city else "district", lang).figures
    shown = {code: figures[indicator(code).name(lang)][0] for code in FIGURES["overview"][:7]}
    assert shown == {
        **{code: t.number(f[code]) for code in ("open", "overdue", "due_24h", "suspended", "received_today")},
        "on_time_rate": t.share(f["in_time_30"], f["settled_30"]),
        "received_commune": t.number(f["received_commune"]),
    }
    if scope.is_city:
        assert f["received_commune"] > 1_000
        assert mark in shown["received_commune"]


def own_words() -> set[str]:
    mine = registry().wards_of(HA_DONG)
    return {w.name for w in mine} | {registry().districts[HA_DONG].name}


def test_a_districts_screens_name_no_other_place(run: Run) -> None:
    foreign = {w.name for w in registry().wards.values()} | {d.name for d in registry().districts.values()}
    foreign -= own_words()
    for screen in screens_for("district"):
        for query in ({}, {"view": "table"}) if screen.path in ("backlog", "coverage", "quality") else ({},):
            shown = run(screen.path, "district", **query)
            parts = {p.strip() for t in shown.texts for p in re.split(r" · |[,:;()]", t)}
            assert parts & foreign == set(), (screen.path, query)
    seen = {p.strip() for t in run("backlog", view="table").texts for p in re.split(r" · |[,:;()]", t)}
    assert len(seen & foreign) > 50, "the city's screen names them"


@pytest.mark.parametrize("screen", ["backlog", "coverage", "qd766", "quality"])
def test_a_ward_of_another_district(run: Run, screen: str) -> None:
    theirs = registry().wards_of("005")[0]
    t = Texts("vi")
    shown = run(screen, "district", ward=theirs.code)
    assert shown.banners == [t("The ward in this address is not in your scope; nothing of it is shown.")]
    assert theirs.name not in shown.words
    assert "ward" not in shown.app.query_params
    plain = run(screen, "district")
    assert shown.figures == plain.figures
    opened = run(screen, "operations", ward=theirs.code)
    assert opened.banners == []
    assert theirs.name in opened.words


@pytest.mark.parametrize("lang", ["vi", "en"])
@pytest.mark.parametrize("screen", [s.path for s in SCREENS])
def test_unknown_parameters_are_named(run: Run, screen: str, lang: str) -> None:
    t = Texts(lang)
    shown = run(screen, as_lang=lang, colour="red")
    assert shown.banners == [
        t("This page does not know the address parameter “{name}”; it was ignored.", name="colour")
    ]
    assert "colour" not in shown.app.query_params
    assert len(shown.figures) == len(FIGURES[screen])


@pytest.mark.parametrize(
    ("screen", "query"),
    [
        ("backlog", {"measure": "bad"}), ("backlog", {"field": "<b>"}), ("backlog", {"channel": "4"}),
        ("backlog", {"days": "-1"}), ("backlog", {"view": "globe"}), ("backlog", {"ward": "1"}),
        ("coverage", {"on": "31/08/2018"}), ("coverage", {"on": "2999-01-01"}), ("coverage", {"measure": "open"}),
        ("qd766", {"by": "week"}), ("qd766", {"period": "2026-w46"}), ("forms", {"form": "x"}),
        ("forms", {"by": "age"}),
        ("quality", {"kind": "ugly"}), ("quality", {"months": "5"}), ("quality", {"view": "globe"}),
        ("workload", {"tier": "moon"}), ("workload", {"role": "king"}), ("workload", {"district": "000"}),
        ("alerts", {"severity": "grave"}), ("alerts", {"rule": "moon"}), ("alerts", {"district": "000"}),
        ("alerts", {"alert": "one"}), ("alerts", {"state": "lost"}), ("alerts", {"page": "-1"}),
    ],
)  # fmt: skip
def test_values_that_cannot_be_understood(run: Run, screen: str, query: dict[str, str]) -> None:
    ((name, raw),) = query.items()
    said = Texts("vi")(
        "The address says “{name}={raw}”, which is not a value of it; it was ignored.", name=name, raw=raw
    )
    shown = run(screen, **query)
    assert shown.banners == [said]
    assert name not in shown.app.query_params


def test_an_officer_of_another_district(run: Run, reader: Engine) -> None:
    with reading(reader, WHOLE_CITY) as connection:
        officer, name = connection.execute(
            text("""
                SELECT officer_id, display_name FROM officer
                 WHERE district_code = '005' AND length(display_name) > 9
                   AND officer_id IN (SELECT unnest(officer_ids) FROM open_step) LIMIT 1""")
        ).one()
    shown = run("workload", "district", officer=officer)
    t = Texts("vi")
    assert shown.banners == [t("The officer in this address is not in your scope; nothing is shown.")]
    assert name not in shown.words
    opened = run("workload", "operations", officer=officer)
    assert (opened.banners, name in opened.words) == ([], True)


def test_another_district_in_the_address_of_the_workload(run: Run) -> None:
    shown = run("workload", "district", district="005")
    t = Texts("vi")
    assert shown.banners == [t("The district in this address is not in your scope; nothing of it is shown.")]
    assert run("workload", "operations", district="005").banners == []


@pytest.mark.parametrize(
    ("on", "value", "words"),
    [
        ("2018-08-31", "552 trên 1.922", "382"),
        ("2018-12-31", "1.055 trên 1.922", "916"),
        ("2017-12-31", "453 trên 1.922", ""),
    ],
)
def test_published_points_on_the_coverage_screen(run: Run, on: str, value: str, words: str) -> None:
    shown = run("coverage", on=on)
    found, context = shown.figures[indicator("city_online").name("vi")]
    t = Texts("vi")
    n, whole = re.findall(r"[\d.]+", value)
    assert found == t("{n} of {all}", n=n, all=whole)
    assert words in context


def test_viewers_with_one_district() -> None:
    assert viewer("district").only_district == HA_DONG
    assert viewer("operations").only_district is None
