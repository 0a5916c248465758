"""The bar: which menus each role has, and how they are written."""

import re

from streamlit.testing.v1 import AppTest

from pages.screens import menus, screens_for


def _bar() -> None:
    from widgets.menu_bar import Entry, menu_bar

    menu_bar(
        Entry("Một cửa", "overview"),
        [("Hôm nay", [Entry("Tổng quan", "overview?lang=en", "overview", current=True),
                      Entry("Cảnh báo & <b>", "alerts", "alerts")]),
         ("Hồ sơ", [Entry("Hồ sơ", "dossiers", "dossiers")])],
        "Các màn hình",
    )  # fmt: skip


def test_each_screen_stands_in_one_menu_and_the_landing_one_first() -> None:
    for role in ("operations", "district", "it"):
        screens = screens_for(role)
        found = menus(screens)
        assert len(found) == len({group for group, _ in found})
        assert sorted(s.path for _, some in found for s in some) == sorted(s.path for s in screens)
        assert found[0][1][0] is screens[0]
    assert len(menus(screens_for("district"))) <= 4


def test_menus_are_disclosures_of_links_and_one_link_is_no_menu() -> None:
    (element,) = AppTest.from_function(_bar).run().get("html")
    body = str(element.proto.body)
    assert re.findall(r"<summary[^>]*>([^<]*)</summary>", body) == ["Hôm nay"]
    assert 'aria-label="Các màn hình"' in body
    assert 'href="overview?lang=en" class="current" aria-current="page"' in body
    assert body.count("aria-current") == 1
    assert "Cảnh báo &amp; &lt;b&gt;</a></div></details>" in body
    assert body.count("<a data-go data-screen") == 3
