"""No key of a configuration file needs a restart: nothing reads one while a module is imported, or keeps it."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from config.files import FILES
from config.settings import ROOT

FOLDERS = ("config", "data_access", "pages", "widgets")
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
KEEPERS = ("cache", "lru_cache", "cached_property", "cache_data", "cache_resource")


def modules() -> list[Path]:
    return [path for folder in FOLDERS for path in sorted((ROOT / folder).rglob("*.py"))] + [ROOT / "app.py"]


def calls(node: ast.AST) -> Iterator[str]:
    """Names of what is called in a piece of code, the last part of each."""
    for part in ast.walk(node):
        if isinstance(part, ast.Call):
            yield getattr(part.func, "id", getattr(part.func, "attr", ""))


def at_import(node: ast.AST) -> Iterator[str]:
    """What is called when the module is imported: all but the bodies of functions; their defaults and decorators."""
    if isinstance(node, FUNCTIONS):
        for part in (*node.decorator_list, *node.args.defaults, *(d for d in node.args.kw_defaults if d)):
            yield from calls(part)
    elif isinstance(node, ast.Lambda):
        return
    else:
        if isinstance(node, ast.Call):
            yield getattr(node.func, "id", getattr(node.func, "attr", ""))
        for part in ast.iter_child_nodes(node):
            yield from at_import(part)


def accessors() -> set[str]:
    """The functions that say what is in force."""
    found = {"value"}
    for path in sorted((ROOT / "config").glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef) and "kept.value(" in ast.unparse(node):
                found.add(node.name)
    return found


def test_the_accessors_are_known() -> None:
    named = {one.kept.read.__module__ for one in FILES.values()}
    assert len(named) > 1
    assert {"stages", "targets", "quality_limits", "forms", "measures", "alert_rules", "walls"} <= accessors()
    assert len(accessors()) >= len(FILES)


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(ROOT)))
def test_nothing_is_read_at_import_or_kept_for_good(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert not accessors_in(at_import(tree))
    for node in ast.walk(tree):
        if isinstance(node, FUNCTIONS) and any(k in ast.unparse(d) for d in node.decorator_list for k in KEEPERS):
            assert not accessors_in(calls(node)), f"{node.name} keeps what it read"


def accessors_in(names: Iterator[str]) -> set[str]:
    return set(names) & (KNOWN - {"value"})


KNOWN = accessors()


def test_the_search_would_find_one() -> None:
    tree = ast.parse("A = f(quality_limits())\ndef g(x=forms()): return stages()\nh = lambda: targets()")
    assert set(at_import(tree)) & KNOWN == {"quality_limits", "forms"}
