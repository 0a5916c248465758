"""What screens make once of an answer is made for each role, scope, language and theme: nobody sees another's."""

import time

import pytest

from data_access.queries import desk
from pages import ask, backlog, coverage, overview, workload
from tests.pages.conftest import Run

VIEWERS = [("operations", "vi", False), ("wall", "vi", False), ("district", "vi", False), ("operations", "en", True)]


@pytest.mark.parametrize("screen", ["overview", "backlog", "coverage", "workload", "quality"])
def test_whoever_came_before_everybody_sees_their_own(run: Run, screen: str, monkeypatch: pytest.MonkeyPatch) -> None:
    dark = [False]
    for module in (overview, backlog, coverage, workload):
        monkeypatch.setattr(module, "is_dark", lambda: dark[0])

    def seen(order: list[tuple[str, str, bool]]) -> dict[tuple[str, str, bool], list[str]]:
        desk.close()  # nothing is remembered
        deadline = time.monotonic() + 120
        while not ask.current_desk().watch.pulse().store_ok and time.monotonic() < deadline:
            time.sleep(0.1)  # a busy machine: nothing was heard of the store yet
        found = {}
        for role, lang, dark[0] in order:
            sent = run(screen, role, lang).app.main  # with links and colours, which a reader's texts lack
            found[role, lang, dark[0]] = [str(getattr(element, "proto", "")) for element in sent]
        slots = list(ask.current_desk().answers._slots.values())
        assert any(slot.answer.made for slot in slots if slot.answer)  # something could have been mixed up
        return found

    def state() -> tuple[object, ...]:
        now = ask.current_desk().watch.pulse()
        return now.version, now.alerts, now.trouble

    for _ in range(8):  # an application of another test may follow the same city, and change it between two looks
        forward, before = seen(VIEWERS), state()
        backward = seen(VIEWERS[::-1])
        if state() == before and seen(VIEWERS) == forward:
            break
    assert backward == forward
