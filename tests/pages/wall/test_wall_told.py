"""What a wall tells beside its pictures: the stage and what set it, how old each picture is, that its device lives."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from config.i18n import Texts
from config.stages import stages
from config.walls import Slot, Wall
from data_access.devices import Heartbeat
from data_access.queries.watch import Pulse
from data_access.wall_desk import StageNow
from pages.wall import main
from pages.wall.main import Look
from pages.wall.screens import Drawn
from tests.pages.wall.conftest import words
from widgets.wall import Beat, Picture

AT = datetime(2026, 11, 20, 1, tzinfo=UTC)
LATER = AT + timedelta(minutes=5)


def milliseconds(at: datetime) -> int:
    return round(at.timestamp() * 1000)


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_the_stage_is_one_word_with_its_colour_and_what_set_it(lang: str) -> None:
    t = Texts(lang)
    why = {
        "links_down": (0.06, {"vi": "6,0 % xã, phường mất kết nối WAN", "en": "6.0 % of wards without WAN"}),
        "surge": (2.34, {"vi": "Tiếp nhận hôm nay gấp 2,3 lần thường lệ", "en": "Received today: 2.3 times the usual"}),
        "data_age": (16.0, {"vi": "Số liệu đã cũ 16 phút", "en": "Figures are 16 minutes old"}),
    }
    for number, stage in stages().stages.items():
        for criterion, (value, said) in why.items():
            told = main._stage(StageNow(number, criterion, value, AT), t).replace("\xa0", " ")
            assert words(told) == [t("Stage {n} · {word}", n=number, word=stage.word[lang]), said[lang]]
            assert f'class="{stage.tone}"' in told


def test_without_a_criterion_the_stage_says_that_none_is_beyond_its_limit() -> None:
    t = Texts("vi")
    nothing = t("No criterion has been beyond its limit for long enough.")
    for criterion in (None, "one that is no longer there"):
        assert words(main._stage(StageNow(1, criterion, 0.5, AT), t))[1] == nothing
    assert main._stage(None, t) == "", "nobody has decided yet"


def test_the_heartbeat_tells_ages_stage_and_trouble_and_notes_the_device(monkeypatch: pytest.MonkeyPatch) -> None:
    wall = Wall(title={"vi": "Một", "en": "One"}, screens=tuple(Slot(screen=s, seconds=60) for s in ("now", "backlog")))
    state: dict[str, object] = {
        "wall-look": Look("one", wall, "ab12"),
        "wall-shown": {"now": Drawn(Picture(""), 5, AT, 0.0, 5, 0), "backlog": Drawn(Picture(""), 4, AT, 0.0, 4, 0)},
        main.SIZE: (3840, 2160),
    }
    heard: list[object] = []
    desk = SimpleNamespace(stage=StageNow(1, None, None, AT), beat=lambda *said: heard.append(said))
    pulses = [Pulse(version=5, as_of=AT, source_at=LATER, store_ok=True, sync_state="running", heartbeat_at=LATER)]
    monkeypatch.setattr(main, "st", SimpleNamespace(session_state=state))
    monkeypatch.setattr(main, "runtime", lambda: SimpleNamespace(ready=True, store_owner_url=""))
    monkeypatch.setattr(main, "wall_desk", lambda _: desk)
    monkeypatch.setattr(main, "pulse", lambda: pulses[-1])
    monkeypatch.setattr(main, "_changed", lambda *_: False)
    monkeypatch.setattr(main, "_behind", lambda *_: False)
    told: list[Beat] = []
    monkeypatch.setattr(main.widget, "pulse", told.append)
    main.heartbeat("vi")
    # the newest picture holds for as long as the source agrees with it, an older one is of its own instant
    assert told[0].ages == {"now": milliseconds(LATER), "backlog": milliseconds(AT)}
    assert words(told[0].stage)[0] == Texts("vi")("Stage {n} · {word}", n=1, word="Bình thường")
    assert told[0].shift == 7 * 60
    assert heard == [("ab12", Heartbeat("one", 3840, 2160))]
    pulses.append(Pulse(version=5, as_of=AT, store_ok=False, store_since=AT))
    main.heartbeat("vi")
    assert "Kho dữ liệu điều hành không trả lời từ 08:00 20/11/2026" in told[1].banner
    assert told[1].ages["backlog"] == milliseconds(AT), "the last good pictures and their age stay"
