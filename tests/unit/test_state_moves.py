"""States are written in one place: `netsuite.state.machine`."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ADDON = Path(__file__).resolve().parents[2] / "kolleno_netsuite"
SOURCES = sorted(
    path
    for path in ADDON.rglob("*.py")
    if not {"tests", "migrations", "client", "mappers"} & set(path.relative_to(ADDON).parts)
    and path.name != "state_machine.py"
)
# What is written by its name and is no state of ours.
OTHERS = {
    "run.phase": "what a run is doing now, in words",
    "payment.state": "Odoo's own state of a payment",
    "in_bank.write": "Odoo's own state of a payment",
    "(payments - in_bank).write": "Odoo's own state of a payment",
    "unread.write": "the verdict of a comparison",
    "unread.filtered(lambda proof: proof.customer_internal_id in changed).write": "the same",
    "UPDATE netsuite_proof": "the same",
    "suggested.write": "who chose a mapping's target",
    "INSERT INTO netsuite_record": "landing; `test_state.py` holds it against the table",
}
WRITERS = ("write", "update", "_write")


def state_fields(source: str) -> set[str]:
    """Return the names of the fields that are declared with a table of transitions."""
    return {
        target.id
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call)
        for target in node.targets
        if isinstance(target, ast.Name)
        and any(keyword.arg == "transitions" for keyword in node.value.keywords)
    }


def writes(source: str, names: set[str]) -> Iterator[str]:
    """Yield what of `source` writes one of the fields `names` without `_advance`."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            if node.attr in names:
                yield ast.unparse(node)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield from _written_in_sql(node.value, names)
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    for function in functions:
        named = {
            node.targets[0].id
            for node in ast.walk(function)
            if isinstance(node, ast.Assign)
            and isinstance(node.targets[0], ast.Name)
            and _names_a_state(node.value, names)
        } | {
            node.targets[0].value.id
            for node in ast.walk(function)
            if isinstance(node, ast.Assign)
            and isinstance(node.targets[0], ast.Subscript)
            and isinstance(node.targets[0].value, ast.Name)
            and isinstance(node.targets[0].slice, ast.Constant)
            and node.targets[0].slice.value in names
        }
        for node in ast.walk(function):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
                continue
            if node.func.attr not in WRITERS or not node.args:
                continue
            value = node.args[0]
            if _names_a_state(value, names) or (isinstance(value, ast.Name) and value.id in named):
                yield ast.unparse(node.func)


def _names_a_state(node: ast.AST, names: set[str]) -> bool:
    """Tell whether `node` builds a dictionary with one of `names` as a key."""
    return any(
        isinstance(key, ast.Constant) and key.value in names
        for part in ast.walk(node)
        if isinstance(part, ast.Dict)
        for key in part.keys
    )


def _written_in_sql(text: str, names: set[str]) -> Iterator[str]:
    start = re.search(r"(UPDATE|INSERT INTO) (netsuite_\w+)", text)
    assigned = re.search(r"\bSET\b(.*?)(\bWHERE\b|\bFROM\b|\Z)", text, re.DOTALL)
    if assigned and re.search(rf"\b({'|'.join(sorted(names))})\s*=", assigned[1]):
        yield start[0] if start else text


@pytest.fixture(scope="module")
def names() -> set[str]:
    return set().union(
        *(state_fields(text) for path in SOURCES if "transitions" in (text := path.read_text()))
    )


@pytest.fixture(scope="module")
def written(names) -> dict[Path, set[str]]:
    return {path: set(writes(path.read_text(), names)) for path in SOURCES}


def test_fields_of_states_are_found(names):
    assert names == {"state", "phase", "step", "removal_step", "pdf_state"}


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)
def test_state_is_moved_by_advance_only(path, written):
    assert written[path] <= set(OTHERS)


def test_each_exception_is_still_needed(written):
    assert set().union(*written.values()) >= set(OTHERS)


@pytest.mark.parametrize(
    "body",
    [
        "self.state = 'done'",
        "record.removal_step, x = False, 1",
        "self.write({'state': 'done', 'message': False})",
        "values = {'phase': 'regular'}; stream.write(values)",
        "values['phase'] = 'regular'; stream.write(values)",
        "self.write({**values, 'pdf_state': 'failed'})",
        'cr.execute("UPDATE netsuite_record SET attempts = 0, state = %s WHERE id = 1")',
        'SQL("UPDATE netsuite_record r SET removal_step = NULL")',
    ],
)
def test_write_past_advance_is_seen(body, names):
    assert list(writes(f"def f(self):\n    {body}", names))


@pytest.mark.parametrize(
    "body",
    [
        "self._advance('done', message=False)",
        "stream._advance(phase='regular')",
        "self.create({'state': 'open'})",
        "self.search([('state', '=', 'open')]).write({'message': False})",
        "cr.execute(\"UPDATE netsuite_record SET attempts = 0 WHERE state = 'failed'\")",
    ],
)
def test_advance_and_reading_are_left_alone(body, names):
    assert not list(writes(f"def f(self):\n    {body}", names))
