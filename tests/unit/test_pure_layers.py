"""client/ and mappers/ know nothing of Odoo."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ADDON = Path(__file__).resolve().parents[2] / "kolleno_netsuite"
PURE = sorted(path for layer in ("client", "mappers") for path in (ADDON / layer).rglob("*.py"))


def imported_names(source: str) -> set[str]:
    """Return the top-level package of each absolute import, and ``..x`` for upward ones."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            top = (node.module or "").partition(".")[0]
            found.add("." * node.level + top)
    return found


def test_layers_are_found():
    assert {path.parent.name for path in PURE} >= {"client", "mappers"}


@pytest.mark.parametrize("path", PURE, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_pure_layer_does_not_import_odoo(path):
    names = imported_names(path.read_text())

    assert names.isdisjoint({"odoo", "kolleno_netsuite", "netsuite_simulator"})


@pytest.mark.parametrize(
    "path",
    [path for path in PURE if "client" in path.relative_to(ADDON).parts],
    ids=lambda path: path.name,
)
def test_client_imports_nothing_of_the_layers_above(path):
    names = imported_names(path.read_text())

    assert not any(name.startswith("..") for name in names)


def test_imported_names_sees_nested_and_relative_imports():
    source = "def f():\n    import odoo.tools\nfrom ..models import x\nfrom .y import z"

    assert imported_names(source) == {"odoo", "..models", ".y"}
