"""What every desk says of its figures: when the source was read, how old that is, and what is wrong since when."""

from datetime import UTC, datetime, timedelta

import pytest

from config.city import city
from config.i18n import Texts
from data_access.queries.watch import Pulse
from pages.live import trouble_words
from pages.looks import age

SINCE = datetime(2026, 11, 20, 1, tzinfo=UTC)
AS_OF = SINCE - timedelta(minutes=3)


def pulse(**changed: object) -> Pulse:
    """A pulse of this moment with nothing wrong, but for what is changed."""
    now = datetime.now(UTC)
    fine = {"version": 5, "as_of": now, "source_at": now, "heartbeat_at": now, "sync_state": "running",
            "sync_since": SINCE, "store_ok": True, "store_since": now}  # fmt: skip
    return Pulse(**(fine | changed))  # type: ignore[arg-type]


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_the_sources_time_and_its_age(lang: str) -> None:
    t, at = Texts(lang), datetime.now(UTC) - timedelta(hours=3, minutes=1)
    told = age(pulse(source_at=at), t)
    assert told["words"] == t("Figures {age} old", age=t.span(3 * 3600 + 60))
    assert told["title"] == t("Source at {at}, version {version}", at=t.moment(at), version=5)
    assert told["old"] is True, "though nothing is known to be wrong"


def test_fresh_figures_are_not_called_old_and_troubled_ones_are() -> None:
    t = Texts("vi")
    assert age(pulse(), t)["old"] is False
    assert age(pulse(sync_state="source_down"), t)["old"] is True
    stale = datetime.now(UTC) - timedelta(seconds=city().refresh.stale + 60)
    assert age(pulse(source_at=None, as_of=stale), t)["old"] is True, "by the figures' own instant"


@pytest.mark.parametrize(
    ("changed", "trouble", "since"),
    [
        ({"store_ok": False, "store_since": SINCE}, "store", SINCE),
        ({"sync_state": "source_down"}, "source", SINCE),
        ({"sync_state": "refused"}, "refused", SINCE),
        ({"heartbeat_at": SINCE}, "sync", SINCE),
    ],
)
def test_each_trouble_is_a_sentence_with_since_when(changed: dict[str, object], trouble: str, since: datetime) -> None:
    now = pulse(as_of=AS_OF, **changed)
    assert now.trouble == trouble
    for lang in ("vi", "en"):
        t = Texts(lang)
        said = trouble_words(t, now)
        assert said is not None
        assert t.moment(since) in said
        assert (t.moment(AS_OF) in said) is (trouble != "store")
    assert trouble_words(Texts("vi"), pulse()) is None
