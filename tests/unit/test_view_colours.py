"""A state has one colour wherever it is shown."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest

ADDON = Path(__file__).resolve().parents[2] / "kolleno_netsuite"
VIEWS = sorted([*ADDON.glob("views/*.xml"), *ADDON.glob("wizards/**/*.xml")])
# {field with a list inside a form: model of the list}
LISTS = {
    "field_mapping_ids": "netsuite.field.mapping",
    "issue_ids": "netsuite.issue",
    "stream_ids": "netsuite.stream",
    "open_document_ids": "netsuite.proof.document",
    "deposit_document_ids": "netsuite.proof.document",
    "optional_check_ids": "netsuite.setup.check",
    "required_check_ids": "netsuite.setup.check",
    "netsuite_contact_ids": "netsuite.contact",
}
# In the set-up everything that is listed is needed, so what is not mapped is amber there.
OTHERWISE = {("netsuite_setup_views.xml", "question_ids", "state")}


def badges(path: Path) -> Iterator[tuple[str, str, dict[str, str]]]:
    """Yield (where, model and field, {decoration: condition}) of each badge of a file."""
    root = ElementTree.parse(path).getroot()
    for record in root.iter("record"):
        model = record.findtext("field[@name='model']") or ""
        for name, field in _fields(record, ""):
            if field.get("widget") != "badge":
                continue
            if (path.name, name, field.get("name")) in OTHERWISE:
                continue
            colours = {
                key: value for key, value in field.attrib.items() if key.startswith("decoration-")
            }
            # A mirrored document's state is one, whichever model has it.
            shared = field.get("name", "").startswith(("netsuite_", "standing_"))
            owner = "" if shared else LISTS.get(name, name or model)
            where = f"{path.name}: {record.get('id')} {name}"
            yield where, f"{owner}.{field.get('name')}", colours


def _fields(node: ElementTree.Element, inside: str) -> Iterator[tuple[str, ElementTree.Element]]:
    for child in node:
        if child.tag == "field":
            yield inside, child
        listed = child.get("name") != "arch" and any(
            each.tag in ("list", "kanban") for each in child
        )
        yield from _fields(child, child.get("name", "") if listed else inside)


ALL = [badge for path in VIEWS for badge in badges(path)]


@pytest.mark.parametrize("field", sorted({field for _where, field, _colours in ALL}))
def test_state_has_the_same_colours_in_every_view(field: str) -> None:
    shown = {
        where: {key: " ".join(value.split()) for key, value in colours.items()}
        for where, name, colours in ALL
        if name == field
    }

    assert len({tuple(sorted(colours.items())) for colours in shown.values()}) == 1, shown


def test_every_state_of_a_mirrored_document_has_a_colour() -> None:
    tree = ast.parse((ADDON / "models/record/netsuite_mixin.py").read_text(encoding="utf-8"))
    (states,) = (
        ast.literal_eval(node.value.args[0])
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign)
        and isinstance(node.value, ast.Call)
        and any(isinstance(name, ast.Name) and name.id == "netsuite_state" for name in node.targets)
    )
    coloured = " ".join(
        condition
        for _where, field, colours in ALL
        if field == ".netsuite_state"
        for condition in colours.values()
    )

    assert [key for key, _label in states if f"'{key}'" not in coloured] == []
