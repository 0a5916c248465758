"""What the audit's codes say to people, on the screen and in files."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from config.i18n import Texts, mark
from config.registry import registry

KINDS: Mapping[str, str] = {
    "signed_in": mark("Signed in"),
    "sign_in_failed": mark("Sign-in failed"),
    "sign_in_refused": mark("Sign-in refused"),
    "sign_in_forgiven": mark("Sign-in unlocked"),
    "signed_out": mark("Signed out"),
    "session_ended": mark("Session ended"),
    "exported": mark("File exported"),
    "alert_acknowledged": mark("Alert acknowledged"),
    "alert_ended": mark("Alert ended by hand"),
    "config_changed": mark("Configuration changed"),
    "boundaries_changed": mark("Boundaries changed"),
    "reconcile_asked": mark("Reconciling asked for"),
    "device_issued": mark("Wall token issued"),
    "device_revoked": mark("Wall token revoked"),
    "device_signed_in": mark("Wall signed in"),
    "account_created": mark("Account created"),
    "account_changed": mark("Account changed"),
    "account_disabled": mark("Account disabled"),
    "account_enabled": mark("Account enabled"),
    "password_reset": mark("Password reset"),
}
GROUPS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "sign_ins": (mark("Signing in and out"), ("signed_in", "signed_out", "session_ended", "sign_in_forgiven")),
    "failed": (mark("Failed sign-ins"), ("sign_in_failed", "sign_in_refused")),
    "exports": (mark("Exports"), ("exported",)),
    "alerts": (mark("Alerts"), ("alert_acknowledged", "alert_ended")),
    "config": (mark("Configuration"), ("config_changed", "boundaries_changed", "reconcile_asked")),
    "accounts": (
        mark("Accounts"),
        ("account_created", "account_changed", "account_disabled", "account_enabled", "password_reset"),
    ),
    "devices": (mark("Wall devices"), ("device_issued", "device_revoked", "device_signed_in")),
}
"""What the filter offers: code → (name, kinds)."""
ROLES: Mapping[str, str] = {
    "operations": mark("Operations centre"),
    "district": mark("District leadership"),
    "it": mark("IT administration"),
    "wall": mark("Wall screen"),
}
REASONS = {
    "password": mark("wrong password"),
    "unknown": mark("no such account"),
    "locked": mark("locked after too many attempts"),
    "disabled": mark("the account is disabled"),
    "no_role": mark("no role here"),
}
METHODS = {"password": mark("by password"), "oidc": mark("by the city's sign-in service")}
FIELDS = {"name": mark("name"), "role": mark("role"), "districts": mark("districts")}


def kind_words(kind: str, t: Texts) -> str:
    """What was done; a kind that is not known as it is."""
    return t(KINDS[kind]) if kind in KINDS else kind


def role_words(role: str, t: Texts) -> str:
    """A role's name."""
    return t(ROLES[role]) if role in ROLES else role


def object_words(row: Mapping[str, Any], t: Texts) -> str:
    """What it was done to: an alert or an import of boundaries by its number, days by their words, else as noted."""
    if row["kind"].startswith("alert_"):
        return t("Alert no. {n}", n=row["what"])
    if row["kind"] == "boundaries_changed":
        number = str(row["what"]).removeprefix("import ")
        return t("import {n}", n=number) if number.isdigit() else t("approximate cells")
    if row["kind"] == "reconcile_asked":
        since, _, how = str(row["what"]).partition(", ")
        day = t("Changed since {day}", day=t.day(date.fromisoformat(since))) if since[:1].isdigit() else t("Everything")
        return f"{day} · {t('Read every row again, without trusting sums')}" if how == "every row" else day
    return str(row["what"])


def fact_words(row: Mapping[str, Any], t: Texts) -> str:
    """The rest: codes in words, then the person's own."""
    facts: Mapping[str, Any] = row["facts"]
    parts = [t(REASONS[facts["reason"]])] if facts.get("reason") in REASONS else []
    parts += [t(METHODS[facts["method"]])] if facts.get("method") in METHODS else []
    if row["kind"] == "exported":
        parts += _export(facts, t)
    for name, words in FIELDS.items():
        if name in facts:
            was, now = (_value(name, value, t) for value in facts[name])
            parts.append(t("{field}: {was} → {now}", field=t(words), was=was, now=now))
    return " · ".join([*parts, row["detail"]] if row["detail"] else parts)


def _export(facts: Mapping[str, Any], t: Texts) -> list[str]:
    ward = registry().wards.get(facts["ward"] or "")
    district = registry().districts.get(facts["district"] or "")
    place = ward.name if ward else district.name if district else t("Whole scope")
    parts = [str(facts["format"]).upper(), t("{n} rows", n=t.number(facts["rows"])), place]
    return [*parts, *(str(facts[name]) for name in ("dossier", "period") if facts[name])]


def _value(name: str, value: Any, t: Texts) -> str:
    if name == "role":
        return role_words(value, t)
    if name == "districts":
        return district_words(value) or t("no district")
    return str(value)


def district_words(codes: Sequence[str]) -> str:
    """Districts by name."""
    return ", ".join(registry().districts[code].name if code in registry().districts else code for code in codes)
