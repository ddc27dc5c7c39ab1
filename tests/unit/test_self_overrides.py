"""No class of the addon overrides another one's method, except through a hook made for it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

ADDON = Path(__file__).resolve().parents[2] / "kolleno_netsuite"
# Odoo's own methods that a model extends here for two reasons at different depths.
EXCEPTIONS = {
    # The guard refuses before Odoo's own `unlink` of a document begins; the mixin, of which the
    # document is made as well, notes after the deletion that its mirror is gone.
    ("account.move", "unlink"),
    ("account.payment", "unlink"),
}


class ModelClass(NamedTuple):
    """One class of a model: its own name, its parents' names, and {method: is it a hook}."""

    where: str
    model: str
    parents: tuple[str, ...]
    methods: dict[str, bool]


def imported_files(package: Path) -> Iterator[Path]:
    """Yield the Python files of a package in the order in which Odoo imports them."""
    for node in ast.parse((package / "__init__.py").read_text()).body:
        if not isinstance(node, ast.ImportFrom) or node.level != 1:
            continue
        for alias in node.names:
            path = package / (node.module or alias.name).replace(".", "/")
            if path.is_dir():
                yield from imported_files(path)
            elif path.with_suffix(".py").exists():
                yield path.with_suffix(".py")


def model_classes(source: str, where: str) -> Iterator[ModelClass]:
    """Yield the classes of Odoo models in a source."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.ClassDef):
            continue
        attributes = {
            target.id: ast.literal_eval(statement.value)
            for statement in node.body
            if isinstance(statement, ast.Assign)
            for target in statement.targets
            if isinstance(target, ast.Name) and target.id in ("_name", "_inherit")
        }
        inherited = attributes.get("_inherit", ())
        inherited = (inherited,) if isinstance(inherited, str) else tuple(inherited)
        model = attributes.get("_name") or next(iter(inherited), "")
        if model:
            methods = {
                method.name: any(ast.unparse(each) == "hook" for each in method.decorator_list)
                for method in node.body
                if isinstance(method, ast.FunctionDef)
            }
            parents = tuple(name for name in inherited if name != model)
            yield ModelClass(where, model, parents, methods)


def self_overrides(classes: list[ModelClass]) -> list[str]:
    """Return the overrides that go through no hook, each as a sentence.

    :param classes: in the order in which they are imported; a later one extends an earlier one.
    """
    found = []
    for number, extending in enumerate(classes):
        above = {extending.model, *extending.parents}
        while more := {name for c in classes if c.model in above for name in c.parents} - above:
            above |= more
        earlier = [
            each
            for position, each in enumerate(classes)
            if each.model in above and (each.model != extending.model or position < number)
        ]
        for method in extending.methods:
            first = next((each for each in earlier if method in each.methods), None)
            allowed = not first or first.methods[method]
            if not allowed and (extending.model, method) not in EXCEPTIONS:
                found.append(f"{extending.where}: {method} of {first.where} is no hook")
    return found


def classes_of_addon() -> list[ModelClass]:
    files = list(imported_files(ADDON / "models")) + list(imported_files(ADDON / "wizards"))
    return [
        each
        for path in files
        for each in model_classes(path.read_text(), str(path.relative_to(ADDON)))
    ]


def test_every_model_of_the_addon_is_read():
    classes = classes_of_addon()
    everywhere = [
        each
        for path in ADDON.rglob("*.py")
        if not {"tests", "migrations"} & set(path.relative_to(ADDON).parts)
        for each in model_classes(path.read_text(), str(path.relative_to(ADDON)))
    ]

    assert len(classes) > 100
    assert sorted(each.where for each in classes) == sorted(each.where for each in everywhere)


def test_no_class_overrides_a_method_of_the_addon_that_is_no_hook():
    assert not self_overrides(classes_of_addon())


def test_exceptions_are_needed():
    classes = classes_of_addon()
    defined = {(each.model, method) for each in classes for method in each.methods}

    assert defined >= EXCEPTIONS


BASE = "class A:\n    _name = 'a'\n{decorators}    def go(self): pass\n"
EXTENSION = "class B:\n    _inherit = 'a'\n    def go(self): pass\n"


@pytest.mark.parametrize(
    ("decorators", "extension", "number"),
    [
        ("", EXTENSION, 1),
        ("", "class B:\n    _inherit = ['a']\n    def go(self): pass\n", 1),
        ("", "class B:\n    _name = 'b'\n    _inherit = 'a'\n    def go(self): pass\n", 1),
        ("", "class B:\n    _inherit = 'a'\n    def come(self): pass\n", 0),
        ("", "class B:\n    _name = 'b'\n    def go(self): pass\n", 0),
        ("    @api.model\n", EXTENSION, 1),
        ("    @hook\n", EXTENSION, 0),
        ("    @hook\n    @api.model\n", EXTENSION, 0),
    ],
)
def test_overrides_are_seen(decorators, extension, number):
    classes = list(model_classes(BASE.format(decorators=decorators) + extension, "x.py"))

    assert len(self_overrides(classes)) == number
