"""The addon's rooms build on each other one way: each uses those above it.

Two kinds of reference count: an import, and a model named in ``env["netsuite.…"]`` or
``_inherit``. A model belongs to the room that defines it. Fields that point to a later room's
model are defined in that room, which Odoo sees to itself when the addon is loaded; a comodel's
name is not counted, because what a link leads to is no use of it.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

ADDON = Path(__file__).resolve().parents[2] / "kolleno_netsuite"
MODELS = ADDON / "models"
# What follows stands on what precedes it; this is the order of import and of inheritance as well.
ROOMS = (
    "connection",
    "record",
    "sync",
    "mapping",
    "scope",
    "fetch",
    "application",
    "booking",
    "removal",
    "proof",
    "contact",
    "field_mapping",
    "guard",
    "pdf",
    "follow_up",
    "writeback",
    "webhook",
    "drive",
)
# What is above all rooms: nothing in a room may use it.
ABOVE = ("wizards", "controllers")
LAYERS = (*ROOMS, *ABOVE)
# References that go the wrong way, (file, what it refers to), and what they should become.
# The list only shrinks: a new one is cut, not added, and one that is cut leaves it.
KNOWN = {
    # A new connection gets its streams, and one that holds records keeps its account.
    ("models/connection/netsuite_connection.py", "netsuite.record"): "a hook of the connection",
    ("models/connection/netsuite_connection.py", "netsuite.stream"): "a hook of the connection",
    ("models/connection/netsuite_connection.py", "netsuite.subsidiary"): "a field of mapping/",
    ("models/record/netsuite_issue.py", "netsuite.mapping"): "an opener of mapping/",
    ("models/record/netsuite_issue.py", "netsuite.subsidiary"): "an opener of mapping/",
    ("models/record/netsuite_issue.py", "netsuite.application"): "a hook of retrying",
    ("models/record/netsuite_record.py", "netsuite.contact"): "a hook of overwriting",
    ("models/booking/netsuite_booking.py", "netsuite.field.mapping"): "a hook of booking",
    ("models/booking/netsuite_booking_journal.py", "netsuite.follow.up"): "a hook of booking",
    ("models/booking/netsuite_booking_transaction.py", "netsuite.follow.up"): "a hook of booking",
    ("models/booking/netsuite_connection.py", "netsuite.follow.up"): "a changed setting",
}


class Reference(NamedTuple):
    """A use of something by a file.

    :param path: the file, relative to the addon
    :param target: the room or layer that it refers to
    :param what: the model or module that is named
    """

    path: str
    line: int
    source: str
    target: str
    what: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line} ({self.source}) uses {self.what} ({self.target})"


def layer_of(path: Path) -> str:
    """Return the room of a file under models/, or the folder it is in."""
    parts = path.relative_to(ADDON).parts
    return parts[1] if parts[0] == "models" and len(parts) > 2 else parts[0]


def sources() -> list[Path]:
    """Return all files that have a place in the order."""
    found = [path for path in MODELS.rglob("*.py") if path.parent != MODELS]
    for layer in ABOVE:
        found += (ADDON / layer).rglob("*.py")
    return sorted(found)


def text_of(node: ast.AST) -> list[str]:
    """Return the texts that a constant, or a list or tuple of constants, holds."""
    nodes = node.elts if isinstance(node, (ast.List, ast.Tuple)) else [node]
    return [
        each.value
        for each in nodes
        if isinstance(each, ast.Constant) and isinstance(each.value, str)
    ]


def class_attribute(node: ast.ClassDef, name: str) -> list[str]:
    """Return the texts that a class assigns to an attribute."""
    for statement in node.body:
        if isinstance(statement, ast.Assign) and any(
            isinstance(target, ast.Name) and target.id == name for target in statement.targets
        ):
            return text_of(statement.value)
    return []


def homes(trees: dict[Path, ast.Module]) -> dict[str, str]:
    """Return {model: the layer that defines it}."""
    found = {}
    for path, tree in trees.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef):
                # One of Odoo's models that is given a mixin has both, and is no room's.
                for name in set(class_attribute(node, "_name")) - {
                    *class_attribute(node, "_inherit")
                }:
                    found.setdefault(name, layer_of(path))
    return found


def named_models(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Yield line and model of each ``….env["model"]`` and ``_inherit``."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Subscript):
            value = node.value
            name = value.attr if isinstance(value, ast.Attribute) else getattr(value, "id", "")
            if name == "env":
                for model in text_of(node.slice):
                    yield node.lineno, model
        elif isinstance(node, ast.ClassDef):
            for model in class_attribute(node, "_inherit"):
                yield node.lineno, model


def imported_files(path: Path, tree: ast.Module) -> Iterator[tuple[int, Path]]:
    """Yield line and file of each relative import that stays in the addon."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.level:
            folder = path.parents[node.level - 1].joinpath(*(node.module or "").split("."))
            for alias in node.names:
                for file in (folder / f"{alias.name}.py", folder.with_suffix(".py")):
                    if file.is_file():
                        yield node.lineno, file
                        break


@cache
def references() -> list[Reference]:
    """Return every reference of a layer to another one."""
    trees = {path: ast.parse(path.read_text(encoding="utf-8")) for path in sources()}
    defined = homes(trees)
    found = []
    for path, tree in trees.items():
        if path.name == "__init__.py":
            continue
        here = layer_of(path)
        uses = [(line, model, defined.get(model)) for line, model in named_models(tree)]
        uses += [
            (line, str(file.relative_to(ADDON)), layer_of(file))
            for line, file in imported_files(path, tree)
        ]
        name = str(path.relative_to(ADDON))
        found += [
            Reference(name, line, here, there, what)
            for line, what, there in uses
            if there in LAYERS and there != here
        ]
    return sorted(found)


def violations() -> list[Reference]:
    """Return the references that go down the list, those with a known reason included."""
    return [
        each
        for each in references()
        if each.source in LAYERS and LAYERS.index(each.target) > LAYERS.index(each.source)
    ]


def test_models_hold_rooms_only():
    files = {path.name for path in MODELS.glob("*.py")}
    folders = {path.name for path in MODELS.iterdir() if any(path.glob("*.py"))}

    assert files == {"__init__.py"}
    assert folders <= set(ROOMS)


def test_rooms_are_imported_in_their_order():
    tree = ast.parse((MODELS / "__init__.py").read_text(encoding="utf-8"))
    imported = [alias.name for node in tree.body for alias in node.names]

    assert imported == [room for room in ROOMS if room in imported]


@pytest.mark.parametrize("layer", LAYERS)
def test_layer_refers_to_those_above_it_only(layer):
    wrong = [
        each
        for each in violations()
        if each.source == layer and (each.path, each.what) not in KNOWN
    ]

    assert not wrong, "\n" + "\n".join(map(str, wrong))


def test_known_exceptions_are_there():
    found = {(each.path, each.what) for each in violations()}

    assert set(KNOWN) <= found


def test_references_are_found():
    found = references()

    assert {each.what for each in found} >= {"netsuite.record", "netsuite.connection"}
    assert any(each.what.endswith(".py") for each in found)
    assert {each.source for each in found} >= {"booking", "contact", "wizards"}


def test_named_models_sees_every_way_of_writing():
    source = (
        'class A:\n    _inherit = ["a.b", "c.d"]\n'
        '    def f(self, record):\n        return record.env["e.f"], self.env["g.h"]\n'
        'def g(env):\n    return env["i.j"].search([("x", "=", env.user)])'
    )

    assert {model for _line, model in named_models(ast.parse(source))} == {
        "a.b", "c.d", "e.f", "g.h", "i.j",
    }  # fmt: skip
