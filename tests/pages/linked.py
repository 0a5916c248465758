"""The links that stand on a screen, and the lists behind them."""

import html
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from google.protobuf.json_format import MessageToDict
from sqlalchemy import Connection, Engine, text

from config.i18n import Texts
from config.unlisted import REASONS
from data_access.queries.dossier_totals import taken_off, total
from data_access.queries.dossiers import HELD, DossierFilter, look_for
from data_access.queries.now import FROM
from data_access.store.engine import WHOLE_CITY, reading
from pages.links import READ
from pages.paths import DOSSIERS
from tests.pages.conftest import Screen

LINK = re.compile(r'<a class="go" data-go href="([^"]*)"[^>]*>([^<]*)</a>')
NUMBER = re.compile(r"\d[\d.]*(?:,\d+)?")
PURE = re.compile(rf"[+−±]?{NUMBER.pattern}(?:\s?%)?(?: / .*)?")
CARD = re.compile(r'<div class="(?:label|k)">(.*?)</div>\s*<div class="(?:value|v)(?: bad)?">(.*?)</div>', re.DOTALL)
RANKED = re.compile(r'<span class="who">([^<]*).*?<div class="v">(.*?)<small>', re.DOTALL)
T = Texts("vi")
SELF_TOLD = {
    "±",  # the difference of the two numbers before it, each a link
    "Số",  # of a component of Decision 766: its name
    *(T(said) for said in ("Numerator", "Denominator", "Threshold", "Dossiers")),  # their heads say what they are
}
SIGNED = re.compile(rf"[+−]?({NUMBER.pattern})")


@dataclass(frozen=True)
class Linked:
    """What stands on a screen: the text of a link, where it leads, and the words beside it."""

    where: str
    href: str
    said: str
    beside: str

    @property
    def mean(self) -> bool:
        """Whether it is how often a dossier is handed over."""
        return self.where == "html" and "read=handed" in self.href

    @property
    def numbers(self) -> list[float]:
        """The number, or, of a share or a mean, all numbers beside it: what it is made of is among them."""
        one = SIGNED.fullmatch(self.said)
        if one and not self.mean:
            return [number(one[1])]
        return [number(found) for found in NUMBER.findall(self.beside)]

    def says(self, counted: float, near: float = 0) -> bool:
        """Whether the list has as many as stand here ("> 600": more)."""
        if self.said.startswith("> "):
            return counted > number(self.said[2:])
        return any(abs(counted - said) <= near for said in self.numbers)


def number(said: str) -> float:
    return float(said.replace(".", "").replace(",", "."))


def wish_of(href: str) -> DossierFilter | None:
    """The list that an address asks for; None: it leads elsewhere."""
    address = urlsplit(html.unescape(href))
    params = dict(parse_qsl(address.query, strict_parsing=True))
    if address.path != DOSSIERS or "what" not in params:
        return None
    params.pop("lang", None)
    wish = {name: READ[name](raw) for name, raw in params.items()}
    assert None not in wish.values(), f"the screen would not understand {href}"
    return DossierFilter(**wish)


def linked(shown: Screen) -> Iterator[Linked]:
    """Every link that stands on a screen: in figures, facts, sentences, forms and tables."""
    for element in shown.app.get("html"):
        body = str(element.proto.body)
        for found in LINK.finditer(body):
            beside = re.sub(r"<[^>]*>", " ", re.sub(r"<img[^>]*>", "", body[found.end() : found.end() + 900]))
            yield Linked("html", html.unescape(found[1]), html.unescape(found[2]), html.unescape(beside)[:160])
    for data in tables(shown):
        for row in data["rows"]:
            for i, column in enumerate(data["columns"]):
                own = (row.get("links") or [""] * len(row["cells"]))[i]
                href = own or (column["link"].replace("{key}", row["key"]) if row["sort"][i] else "")
                cell = row["cells"][i]
                said, beside = cell if isinstance(cell, list) else (cell, "")
                if href:
                    yield Linked(f"{data['label']}: {column['title']}", href, said, beside)


def unexplained(shown: Screen) -> Iterator[str]:
    """Numbers of cards, facts, ranked lists and tables that lead nowhere and don't say why ("0" needs neither)."""
    told = [T(reason) for reason in REASONS]
    for element in shown.app.get("html"):
        body = html.unescape(str(element.proto.body))
        for found in (*CARD.finditer(body), *RANKED.finditer(body)):
            said = re.sub(r"<[^>]*>", "", found[2])
            if "<a " not in found[2] and re.search("[1-9]", said) and not any(why in found[1] for why in told):
                yield f"{re.sub(r'<.*', '', found[1], flags=re.DOTALL)}: {said}"
    for data in tables(shown):
        for i, column in enumerate(data["columns"]):
            if column["title"] in SELF_TOLD or any(why in column["note"] for why in told):
                continue
            for row in data["rows"]:
                cell = row["cells"][i]
                said = cell[0] if isinstance(cell, list) else cell
                led = (row.get("links") or [""] * len(row["cells"]))[i] or (column["link"] and row["sort"][i])
                if not led and PURE.fullmatch(said) and re.search("[1-9]", said):
                    yield f"{data['label']}, {column['title']}: {said}"
                    break


def tables(shown: Screen) -> Iterator[dict[str, Any]]:
    """What was sent to the tables."""
    for element in shown.app.main:
        yield from _tables(getattr(element, "proto", None))


def _tables(message: Any) -> Iterator[dict[str, Any]]:
    if message is None or not hasattr(message, "DESCRIPTOR"):
        return
    for raw in re.findall(r"\{.*\}", json.dumps(MessageToDict(message), ensure_ascii=False)):
        for value in _strings(json.loads(raw)):
            if value.startswith('{"columns"'):
                yield json.loads(value)


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    for part in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _strings(part)


def counted(connection: Connection, wish: DossierFilter) -> float:
    """How many rows the list has, one by one (of held ones the steps, split among their holders; handovers)."""
    look = look_for(connection, wish)
    if wish.what in HELD or wish.read == "handed":
        return total(connection, wish)[1] or 0.0
    rows = connection.execute(text(f"SELECT count(*) FROM {FROM} WHERE {look.where}"), look.values).scalar_one()
    return float(rows - taken_off(connection, wish, look))


def busiest(reader: Engine, district: str) -> str:
    """The ward of a district with most open dossiers."""
    with reading(reader, WHOLE_CITY) as connection:
        return str(
            connection.execute(
                text("""SELECT u.ward_code FROM open_stock s JOIN unit u USING (unit_code)
                         WHERE s.district_code = :d AND u.ward_code IS NOT NULL
                         GROUP BY 1 ORDER BY sum(s.open) DESC, 1 LIMIT 1"""),
                {"d": district},
            ).scalar_one()
        )
