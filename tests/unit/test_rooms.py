"""The addon's rooms build on each other one way: each uses those above it.

Three kinds of reference count. An import; a model named in ``env["netsuite.…"]`` or ``_inherit``,
which belongs to the room that defines it; and what is used of a model by its name, a method or a
field of a connection, which belongs to the first room that defines it: a setting lives in the room
that obeys it, and a hook in the room that calls it. Fields that point to a later room's model are
defined in that room, which Odoo sees to itself when the addon is loaded; a comodel's name is not
counted, because what a link leads to is no use of it.
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
    "bank",
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
KNOWN = {}


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


def is_model(node: ast.ClassDef) -> bool:
    """Tell whether a class is one of Odoo's models, or extends one."""
    return bool(class_attribute(node, "_name") or class_attribute(node, "_inherit"))


def is_ours(node: ast.ClassDef, method: str) -> bool:
    """Tell whether a method is the addon's own: of its models, or named after NetSuite."""
    own = any(
        model.startswith("netsuite.")
        for attribute in ("_name", "_inherit")
        for model in class_attribute(node, attribute)
    )
    return "netsuite" in method or (own and method.startswith(("_", "action_")))


def of_odoo(trees: dict[Path, ast.Module]) -> set[str]:
    """Return the methods of Odoo's own that some model of Odoo's is extended by."""
    return {
        statement.name
        for tree in trees.values()
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef) and is_model(node)
        for statement in node.body
        if isinstance(statement, ast.FunctionDef) and not is_ours(node, statement.name)
    }


def first_places(trees: dict[Path, ast.Module]) -> tuple[dict[str, str], dict[str, str]]:
    """Return {method of a model: its first layer} and {field of a connection: its first layer}.

    What an earlier layer calls by the same name, of a plain class or of an object's own, makes a
    method that layer's: only what a later room alone defines is told for certain.
    """
    methods, others, fields = {}, {}, {}

    def note(found, name, path):
        found[name] = min(found.get(name, layer_of(path)), layer_of(path), key=LAYERS.index)

    for path, tree in trees.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
                note(others, node.attr, path)
            elif isinstance(node, ast.ClassDef):
                connection = "netsuite.connection" in (
                    *class_attribute(node, "_name"),
                    *class_attribute(node, "_inherit"),
                )
                for statement in node.body:
                    if isinstance(statement, ast.FunctionDef):
                        ours = is_model(node) and is_ours(node, statement.name)
                        note(methods if ours else others, statement.name, path)
                    elif (
                        connection
                        and isinstance(statement, ast.Assign)
                        and ast.unparse(statement.value).startswith("fields.")
                    ):
                        for target in statement.targets:
                            note(fields, ast.unparse(target), path)
    # A button of ours may be called as one of Odoo's, which nobody's room defines.
    for name in set(methods) & of_odoo(trees):
        del methods[name]
    for name in set(methods) & set(others):
        methods[name] = min(methods[name], others[name], key=LAYERS.index)
    return methods, fields


def used_of_models(
    tree: ast.Module, methods: dict[str, str], fields: dict[str, str]
) -> Iterator[tuple[int, str, str]]:
    """Yield (line, name, layer) of each method, and of each field of a connection, that is used."""
    in_connection = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef)
        and "netsuite.connection" in class_attribute(node, "_inherit")
        for inner in ast.walk(node)
    }
    for node in ast.walk(tree):
        if not isinstance(node, ast.Attribute):
            continue
        owner = ast.unparse(node.value).split(".")[-1]
        of_connection = owner in ("connection", "connection_id") or (
            owner == "self" and id(node) in in_connection
        )
        if node.attr in methods:
            yield node.lineno, node.attr, methods[node.attr]
        elif of_connection and node.attr in fields:
            yield node.lineno, node.attr, fields[node.attr]


@cache
def references() -> list[Reference]:
    """Return every reference of a layer to another one."""
    trees = {path: ast.parse(path.read_text(encoding="utf-8")) for path in sources()}
    defined = homes(trees)
    methods, fields = first_places(trees)
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
        uses += [
            (line, name, there)
            for line, name, there in used_of_models(tree, methods, fields)
            if LAYERS.index(there) > LAYERS.index(here)
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


def is_known(each: Reference) -> bool:
    """Tell whether a reference is on the list, or comes with one of its file that is."""
    by_name = "." not in each.what
    return (each.path, each.what) in KNOWN or (
        by_name and each.path in {path for path, _what in KNOWN}
    )


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
    wrong = [each for each in violations() if each.source == layer and not is_known(each)]

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


def test_used_of_models_sees_what_a_later_room_defines():
    source = """class NetsuiteConnection(models.Model):
    _inherit = "netsuite.connection"
    def f(self, other):
        self._booked_later(other.kind, self.setting)
        return other.connection_id.setting, other.setting, self._of_neither()
"""
    used = used_of_models(ast.parse(source), {"_booked_later": "drive"}, {"setting": "pdf"})

    assert sorted(used) == [
        (4, "_booked_later", "drive"), (4, "setting", "pdf"), (5, "setting", "pdf"),
    ]  # fmt: skip


def test_methods_belong_to_the_first_room_that_has_their_name():
    later = 'class A:\n    _inherit = "netsuite.a"\n    kind = fields.Char()\n    def _f(self): 0\n'
    connection = later.replace("netsuite.a", "netsuite.connection")
    plain = "class B:\n    def __init__(self):\n        self._f = 0\n"
    trees = {
        MODELS / "pdf" / "a.py": ast.parse(later),
        MODELS / "drive" / "c.py": ast.parse(connection),
    }

    assert first_places(trees) == ({"_f": "pdf"}, {"kind": "drive"})
    assert first_places({**trees, MODELS / "sync" / "b.py": ast.parse(plain)})[0] == {"_f": "sync"}
