"""Words of alerts that the desk and the wall share: severity, rule, place, state, what is sent."""

from collections.abc import Iterable

from config.alert_kinds import AgeRule, LinkRule, SurgeRule, TargetRule, WardRule
from config.alerts import alert_rules
from config.i18n import Texts, mark
from config.indicators import indicator
from config.registry import registry
from data_access.notifications import Notifying
from data_access.queries.alerts import Alert, OpenAlerts
from pages.places import SERVICES, district_name

KINDS = {
    "ward": mark("Figure of a unit"), "stuck": mark("Due soon and not moving"), "link": mark("Link down"),
    "surge": mark("Surge of arrivals"), "officer": mark("Officer overloaded"), "age": mark("Source or sync silent"),
    "target": mark("Target missed"),
}  # fmt: skip
STATES = {
    "open": mark("Open"), "unacknowledged": mark("Not acknowledged"), "acknowledged": mark("Acknowledged"),
    "resolved": mark("Over"),
}  # fmt: skip
EVENTS = {
    "opened": mark("Opened"), "changed": mark("Changed"), "acknowledged": mark("Acknowledged"),
    "resolved": mark("Ended"), "cleared": mark("Condition over"),
}  # fmt: skip


def severity_words(code: str, t: Texts) -> tuple[str, str]:
    """(word, tone) of a severity; one that the configuration lacks now keeps its code."""
    known = alert_rules().severities.get(code)
    return (t.pick(known.word["vi"], known.word["en"]), known.tone) if known else (code, "neutral")


def counted(alerts: Iterable[Alert], t: Texts) -> str:
    """ "2 Khẩn, 7 Theo dõi"."""
    counts: dict[str, int] = {}
    for alert in alerts:
        counts[alert.severity] = counts.get(alert.severity, 0) + 1
    return ", ".join(f"{t.number(n)} {severity_words(code, t)[0]}" for code, n in counts.items())


def rule_words(name: str, kind: str, t: Texts) -> str:
    """What a rule watches, in words; one that the configuration lacks now is told by its kind."""
    rule = alert_rules().rules.get(name)
    if isinstance(rule, WardRule):
        return t("{figure} of a unit", figure=indicator(rule.indicator).name(t.lang))
    if isinstance(rule, LinkRule):
        return t("{service} down", service=t(SERVICES[rule.service]))
    if isinstance(rule, TargetRule):
        return t("Target missed: {figure}", figure=indicator(rule.indicator).name(t.lang))
    if isinstance(rule, AgeRule):
        return t("One-stop database silent") if rule.of == "source" else t("Synchronisation silent")
    if isinstance(rule, SurgeRule):
        return t("Surge of arrivals in the city") if rule.of == "city" else t("Surge of arrivals in a district")
    return t(KINDS[kind]) if kind in KINDS else name


def where_words(alert: Alert, t: Texts) -> str:
    """The ward or district it is about; the city."""
    place = district_name(alert.district_code, t) if alert.district_code else t("Whole city")
    return registry().full_name(alert.ward_code, place)


def state_words(alert: Alert, t: Texts) -> str:
    """Where it stands: not acknowledged, acknowledged by whom, over since when."""
    if alert.resolved_at is not None:
        return t("over {at}", at=t.moment(alert.resolved_at))
    if alert.acknowledged_at is None:
        return t("not acknowledged")
    return t("acknowledged by {who}", who=alert.acknowledged_by)


def end_words(alert: Alert, t: Texts) -> str:
    """How it ended: by itself, by whom with which note, or because its rule went; "" while it is open."""
    if alert.resolution == "hand":
        return t("ended by {who}: {note}", who=alert.resolved_by, note=alert.resolved_note)
    return {"cleared": t("ended by itself"), "rule": t("its rule changed")}.get(alert.resolution or "", "")


def quiet_words(found: OpenAlerts, t: Texts) -> str:
    """What stands where there is no open alert: good news only if somebody has looked."""
    if found.looked_at is None:
        return t("The rules of alerts have not been looked at yet.")
    return t("No open alert. All rules were last looked at {at}.", at=t.moment(found.looked_at))


def sending_words(found: Notifying, t: Texts) -> str:
    """Whether messages go out, about what and where to."""
    if not found.targets:
        return t("No place for messages is configured: alerts stand on screens only, nothing is sent.")
    if not found.sends:
        return t("No severity is set to send messages: nothing is sent.")
    words = ", ".join(severity_words(code, t)[0] for code in found.severities)
    services = ", ".join(sorted({target.service for target in found.targets}))
    return t("Messages about alerts of severity {severities} go to {n} places ({services}).", severities=words,
             n=t.number(len(found.targets)), services=services)  # fmt: skip
