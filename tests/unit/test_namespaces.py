"""An abstract model is there to be inherited or extended; what only groups functions is a class."""

from __future__ import annotations

import ast
from pathlib import Path

MODELS = Path(__file__).resolve().parents[2] / "kolleno_netsuite" / "models"
# Bookers stand in a registry, record type -> model, which other addons may add to.
BOOKER = "netsuite.booking"
# Abstract models besides them, and who inherits, extends or looks them up.
KNOWN = {
    "netsuite.state.machine": "inherited by the models with a field of states",
    "netsuite.mixin": "inherited by the models of mirrored documents",
    "netsuite.guard": "extended by what else may change a mirrored document",
    "netsuite.fetch": "extended by later rooms, with the columns that they read",
    "netsuite.reference": "a booker by another name",
    "netsuite.scope": "extended within its room",
    "netsuite.withdrawal": "extended within its room",
    "netsuite.removal": "extended within its room",
}


def abstract_models(source: str) -> list[str]:
    """Return the names of the abstract models that a source defines."""
    return [
        ast.literal_eval(statement.value)
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.ClassDef)
        and any(ast.unparse(base) == "models.AbstractModel" for base in node.bases)
        for statement in node.body
        if isinstance(statement, ast.Assign) and ast.unparse(statement.targets[0]) == "_name"
    ]


def test_abstract_models_are_those_that_somebody_extends():
    found = {
        (name, str(path.relative_to(MODELS)))
        for path in MODELS.rglob("*.py")
        for name in abstract_models(path.read_text(encoding="utf-8"))
    }
    unknown = [
        (name, where)
        for name, where in sorted(found)
        if name not in KNOWN and name != BOOKER and not name.startswith(f"{BOOKER}.")
    ]

    assert {name for name, _where in found} >= {BOOKER, "netsuite.mixin", "netsuite.guard"}
    assert not unknown, "make a plain class of it, or say who extends it"


def test_abstract_models_are_told_from_extensions_and_tables():
    source = """
class A(models.AbstractModel):
    _name = "a.b"

class B(models.AbstractModel):
    _inherit = "a.b"

class C(models.Model):
    _name = "c.d"
"""

    assert abstract_models(source) == ["a.b"]
