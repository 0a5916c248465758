"""Configuration and the working calendar on screen: refused, previewed, saved with a reason, gone back, two at once."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, text
from streamlit.testing.v1 import AppTest

from config import kept
from config.files import FILES
from config.i18n import Texts
from config.settings import settings
from config.working_calendar import working_calendar
from config.workload import workload_limits
from data_access import config_history
from pages.screens import SCREENS, screens_for
from tests.pages.conftest import Run, Screen, english

T = Texts("vi")
IT_ONLY = ("settings", "working_calendar")
EDIT = "edit-workload"


@pytest.fixture
def city(small_city: Any, owner: Engine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Path]:
    """The small city with configuration files of this test's own (none yet)."""
    for name, value in (small_city.env | {"OPS_CONFIG_DIR": str(tmp_path)}).items():
        monkeypatch.setenv(name, value)
    settings.cache_clear()
    kept.look()
    yield tmp_path
    monkeypatch.undo()
    settings.cache_clear()
    kept.look()


def ran(app: AppTest) -> Screen:
    app.run()
    assert [e.value for e in app.exception] == []
    return Screen(app)


def edit(screen: Screen, old: str, new: str) -> Screen:
    """Type into the editor."""
    area = screen.app.text_area[0]
    assert old in area.value
    area.set_value(area.value.replace(old, new, 1))
    return ran(screen.app)


def click(screen: Screen, key: str) -> Screen:
    screen.app.button(key=key).click()
    return ran(screen.app)


def save(screen: Screen, key: str, why: str) -> Screen:
    screen.app.text_input(key=f"{key}-why").set_value(why)
    return click(screen, f"{key}-save")


def untranslated(screen: Screen) -> list[str]:
    """Texts left in English; the files' own lines, their keys and their remarks are in no language."""
    written = {line.strip() for file in FILES.values() for line in file.text().splitlines()}
    return [words for words in english(screen.texts) if words.lstrip("+- ") not in written]


def buttons(screen: Screen) -> set[str]:
    return {str(button.key) for button in screen.app.button}


@pytest.mark.parametrize("lang", ["vi", "en"])
@pytest.mark.parametrize("screen", IT_ONLY)
def test_the_screens_in_both_languages(city: Path, run: Run, screen: str, lang: str) -> None:
    shown = run(screen, "it", lang)
    assert shown.heading == Texts(lang)({"settings": "Configuration"}.get(screen, "Working calendar"))
    assert shown.banners == []
    if lang == "vi":
        assert untranslated(shown) == []


def test_only_it_staff_may_open_them() -> None:
    assert {role: {s.path for s in screens_for(role)} & set(IT_ONLY) for role in ("operations", "district", "it")} == {
        "operations": set(), "district": set(), "it": set(IT_ONLY),
    }  # fmt: skip
    assert {s.path for s in SCREENS} >= set(IT_ONLY)


def test_a_bad_edit_is_refused_with_its_line_and_nothing_is_written(city: Path, run: Run) -> None:
    before = workload_limits()
    shown = edit(run("settings", "it", file="workload"), "busy_index: 4", "busy_index: nhiều")
    assert shown.banners == ["workload.yaml, dòng 3, mục busy_index: phải là số."]
    assert any(words.startswith("3: busy_index: nhiều") for words in shown.texts)
    assert f"{EDIT}-preview" not in buttons(shown)
    assert f"{EDIT}-save" not in buttons(shown)
    assert list(city.iterdir()) == []
    assert workload_limits() == before


def test_a_good_edit_is_previewed_reasoned_saved_and_stands_in_the_history(city: Path, run: Run) -> None:
    shown = edit(run("settings", "it", file="workload"), "busy_index: 4", "busy_index: 5")
    assert f"{EDIT}-save" not in buttons(shown), "seen before it is saved"
    shown = click(shown, f"{EDIT}-preview")
    assert "1 mục thay đổi." in shown.texts
    shown = save(shown, EDIT, "  ")
    assert shown.banners == ["Ghi một câu lý do thay đổi rồi lưu lại."]
    assert not (city / "workload.yaml").exists()
    shown = save(shown, EDIT, "Theo ý kiến Giám đốc Trung tâm")
    assert "busy_index: 5" in (city / "workload.yaml").read_text(encoding="utf-8")
    assert workload_limits().busy_index == 5
    assert len(shown.banners) == 1
    assert shown.banners[0].startswith("Đã lưu, thay đổi số ")
    assert "Theo ý kiến Giám đốc Trung tâm" in shown.texts
    assert "thu" in shown.texts
    assert untranslated(shown) == []


def test_a_source_profile_that_does_not_fit_cannot_be_saved(city: Path, run: Run) -> None:
    shown = edit(run("settings", "it", file="source"), "profile: onestop", "profile: opencps")
    shown = click(shown, "edit-source-preview")
    assert any(words.startswith("Đồng bộ sẽ từ chối hồ sơ này") for words in shown.texts)
    assert [words[:31] for words in shown.banners] == ["Không lưu được nội dung này; cấ"]
    assert "edit-source-save" not in buttons(shown)


def test_an_edit_after_the_preview_is_previewed_again(city: Path, run: Run) -> None:
    shown = edit(run("settings", "it", file="workload"), "busy_index: 4", "busy_index: 5")
    shown = edit(click(shown, f"{EDIT}-preview"), "busy_index: 5", "busy_index: 6")
    assert f"{EDIT}-save" not in buttons(shown)


def test_the_second_editor_sees_the_first_ones_change_and_decides(city: Path, run: Run, owner: Engine) -> None:
    mine = edit(run("settings", "it", file="workload"), "busy_index: 4", "busy_index: 7")
    mine = click(mine, f"{EDIT}-preview")
    base = config_history.standing("workload")
    theirs = base.text.replace("busy_index: 4", "busy_index: 6")
    config_history.save(owner, "workload", theirs, "lan", "Chị Lan sửa trước", base.version)
    mine = save(mine, EDIT, "Tôi cũng sửa")
    assert workload_limits().busy_index == 6, "nothing is overwritten"
    assert any("Chị Lan sửa trước" in words for words in mine.texts)
    assert f"{EDIT}-save" not in buttons(mine)
    assert mine.app.text_area[0].value.count("busy_index: 7") == 1, "my text is still there"
    mine = click(mine, "mine-workload")
    mine = save(click(mine, f"{EDIT}-preview"), EDIT, "Giữ số của tôi")
    assert workload_limits().busy_index == 7


def test_the_second_editor_may_take_the_first_ones_text(city: Path, run: Run, owner: Engine) -> None:
    mine = edit(run("settings", "it", file="workload"), "busy_index: 4", "busy_index: 7")
    base = config_history.standing("workload")
    theirs = base.text.replace("busy_index: 4", "busy_index: 6")
    config_history.save(owner, "workload", theirs, "lan", "x", base.version)
    mine = click(ran(mine.app), "theirs-workload")
    assert "busy_index: 6" in mine.app.text_area[0].value
    assert mine.banners == []


def test_a_draft_survives_another_file_and_can_be_dropped(city: Path, run: Run) -> None:
    shown = edit(run("settings", "it", file="workload"), "busy_index: 4", "busy_index: 7")
    for name in ("district", "workload"):
        shown.app.query_params["file"] = name
        shown = ran(shown.app)
    assert "busy_index: 7" in shown.app.text_area[0].value
    shown = click(shown, "drop-workload")
    assert "busy_index: 4" in shown.app.text_area[0].value
    assert list(city.iterdir()) == []


def test_back_to_any_text_is_a_change_again(city: Path, run: Run, owner: Engine) -> None:
    base = config_history.standing("workload")
    first = config_history.save(owner, "workload", base.text.replace("busy_index: 4", "busy_index: 8"), "lan", "thử",
                                base.version)  # fmt: skip
    shown = run("settings", "it", file="workload", change=str(first.change_id))
    assert any(words.startswith("-busy_index: 4") for words in shown.texts)
    shown.app.radio(key=f"back-{first.change_id}").set_value(True)
    key = f"back-{first.change_id}-1"
    shown = save(click(ran(shown.app), f"{key}-preview"), key, "Sai, quay lại")
    assert workload_limits().busy_index == 4
    with owner.connect() as connection:
        newest = config_history.history(connection, "workload", 1)[0]
    assert (newest.kind, newest.from_change, newest.person, newest.why) == (
        "restored", first.change_id, "thu", "Sai, quay lại",
    )  # fmt: skip


def test_any_two_changes_are_compared(city: Path, run: Run, owner: Engine) -> None:
    changes = []
    for n in (8, 9):
        written = FILES["workload"].shipped.read_text(encoding="utf-8").replace("busy_index: 4", f"busy_index: {n}")
        base = config_history.standing("workload").version
        changes.append(config_history.save(owner, "workload", written, "lan", f"lần {n}", base))
    shown = run("settings", "it", file="workload", change=str(changes[1].change_id), against=str(changes[0].change_id))
    there = [words for words in shown.texts if words.startswith(("-busy_index", "+busy_index"))]
    assert [words.split(" ")[:2] for words in there[:2]] == [["-busy_index:", "8"], ["+busy_index:", "9"]]


def test_a_file_that_is_wrong_by_hand_is_told_to_it_staff_only(city: Path, run: Run) -> None:
    (city / "workload.yaml").write_text("busy_index: nhiều\nidle_index: 0.5\n", encoding="utf-8")
    kept.look()
    shown = run("settings", "it", file="workload")
    assert "workload.yaml, dòng 1, mục busy_index: phải là số." in shown.banners
    assert "1 lỗi; đang dùng bản đúng gần nhất" in shown.texts
    assert workload_limits().busy_index == 4
    assert run("workload", "operations").banners == []


@pytest.mark.parametrize("query", [{"file": "passwd"}, {"change": "999999999"}, {"against": "x"}, {"year": "1066"}])
def test_addresses_that_cannot_be(city: Path, run: Run, query: dict[str, str]) -> None:
    shown = run("working_calendar" if "year" in query else "settings", "it", **query)
    ((name, raw),) = query.items()
    said = T("The address says “{name}={raw}”, which is not a value of it; it was ignored.", name=name, raw=raw)
    assert shown.banners == [said]


def next_monday(owner: Engine) -> date:
    with owner.connect() as connection:
        today: date = connection.execute(text("SELECT as_of_day FROM data_version")).scalar_one()
    return today + timedelta(days=7 - today.weekday())


def day_off(screen: Screen, day: date, name: str) -> Screen:
    """Fill the form of one day."""
    app = screen.app
    at = next(w for w in app.text_input if str(w.key).startswith("calendar-day-at-"))
    vi = next(w for w in app.text_input if str(w.key).startswith("calendar-day-vi-"))
    at.set_value(T.day(day))
    vi.set_value(name)
    return click(screen, "calendar-add")


def test_a_day_off_is_previewed_and_saved_and_comments_stay(city: Path, run: Run, owner: Engine) -> None:
    day = next_monday(owner)
    shown = day_off(run("working_calendar", "it"), day, "Nghỉ bão")
    assert day not in working_calendar().off, "an edit is not in force"
    assert any('class="off edited"' in str(e.proto.body) for e in shown.app.get("html"))
    shown = click(shown, "calendar-preview")
    assert any("hồ sơ đang giải quyết thay đổi" in words for words in shown.texts)
    assert "Ngày hẹn trả do hệ thống một cửa ghi vẫn giữ nguyên." in shown.texts
    shown = save(shown, "calendar", "Công điện phòng chống bão")
    assert working_calendar().off[day] == {"vi": "Nghỉ bão", "en": "Nghỉ bão"}
    saved = (city / "working_calendar.yaml").read_text(encoding="utf-8")
    comments = [line for line in FILES["working_calendar"].shipped.read_text("utf-8").splitlines() if line[:1] == "#"]
    assert [line for line in comments if line not in saved.splitlines()] == []
    assert "Nghỉ bão" in shown.texts
    assert untranslated(shown) == []


def test_a_day_can_be_taken_out_again(city: Path, run: Run, owner: Engine) -> None:
    base = config_history.standing("working_calendar")
    day = next_monday(owner)
    with_it = base.text.replace("days_off: []", f'days_off:\n  - {{day: {day}, name: {{vi: "Thử", en: "Try"}}}}')
    config_history.save(owner, "working_calendar", with_it, "lan", "thử", base.version)
    shown = run("working_calendar", "it", year=str(day.year))
    assert "Thử" in shown.texts
    picked = next(w for w in shown.app.selectbox if str(w.key).startswith("calendar-pick-"))
    picked.set_value(next(n for n, words in enumerate(picked.options) if T.day(day) in words))
    shown = click(shown, "calendar-remove")
    shown = save(click(shown, "calendar-preview"), "calendar", "Không nghỉ nữa")
    assert day not in working_calendar().off


@pytest.mark.parametrize(
    ("written", "name", "said"),
    [("30/02/2027", "x", "30/02/2027"), ("", "x", ""), ("01/03/2027", " ", "Ghi tên của ngày bằng tiếng Việt.")],
)
def test_a_day_that_cannot_be_is_refused(city: Path, run: Run, written: str, name: str, said: str) -> None:
    shown = run("working_calendar", "it")
    next(w for w in shown.app.text_input if str(w.key).startswith("calendar-day-at-")).set_value(written)
    next(w for w in shown.app.text_input if str(w.key).startswith("calendar-day-vi-")).set_value(name)
    shown = click(shown, "calendar-add")
    assert len(shown.banners) == 1
    assert said in shown.banners[0]
    assert "calendar-preview" not in buttons(shown)


def test_hours_turned_round_are_refused_with_their_line(city: Path, run: Run) -> None:
    shown = run("working_calendar", "it")
    next(w for w in shown.app.text_input if str(w.key).startswith("calendar-to-0-")).set_value("07:00")
    shown = click(shown, "calendar-hours")
    assert any("office_hours" in words and "dòng" in words for words in shown.banners)
    assert "calendar-save" not in buttons(shown)


def test_a_file_of_days_goes_into_the_edit_or_is_refused_whole(city: Path, run: Run) -> None:
    shown = run("working_calendar", "it", year="2027")
    shown.app.session_state["calendar-given"] = b"day,kind,name\n01/03/2027,off,Ngay thu\n32/03/2027,off,x\n"
    shown = ran(shown.app)
    assert [words for words in shown.banners if "dòng 3" in words] == shown.banners
    assert "calendar-take" not in buttons(shown)
    shown.app.session_state["calendar-given"] = b"day,kind,name\n01/03/2027,off,Ngay thu\n06/03/2027,work,Lam bu\n"
    shown = click(ran(shown.app), "calendar-take")
    assert {"Ngay thu", "Lam bu"} <= set(shown.texts)
    assert date(2027, 3, 1) not in working_calendar().off
    shown = save(click(shown, "calendar-preview"), "calendar", "Theo thông báo")
    assert date(2027, 3, 1) in working_calendar().off
    assert date(2027, 3, 6) in working_calendar().made_up
