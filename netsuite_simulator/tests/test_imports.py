"""The simulator's modules import one another in one direction only."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[1]

Graph = Mapping[str, set[str]]


def import_graph(package: Path) -> dict[str, set[str]]:
    """Return {module: modules of the package that it imports}, tests left out.

    Imports inside functions and under `TYPE_CHECKING` count: they are dependences too.

    :param package: folder of a package, whose name is the first part of every module's.
    """
    files = {
        module_name(package, path): path
        for path in sorted(package.rglob("*.py"))
        if "tests" not in path.relative_to(package).parts
    }
    return {
        name: set(imported(ast.parse(path.read_text()), name, path, files.keys())) - {name}
        for name, path in files.items()
    }


def module_name(package: Path, path: Path) -> str:
    parts = path.relative_to(package.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imported(tree: ast.AST, name: str, path: Path, known: Collection[str]) -> Iterator[str]:
    """Yield the known modules that a module names in its imports."""
    here = name if path.name == "__init__.py" else name.rpartition(".")[0]
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            wanted = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            parents = here.split(".")
            base = ".".join(parents[: len(parents) - node.level + 1]) if node.level else ""
            source = ".".join(filter(None, (base, node.module)))
            modules = [f"{source}.{alias.name}" for alias in node.names]
            # `from package import module` names the module, any other name the package itself.
            wanted = [module if module in known else source for module in modules]
        else:
            continue
        yield from (module for module in wanted if module in known)


def circle(graph: Graph) -> list[str]:
    """Return the modules of one circle in order, its first one again at the end; [] if none."""
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


def test_simulator_imports_in_one_direction() -> None:
    graph = import_graph(PACKAGE)

    assert circle(graph) == []
    assert "netsuite_simulator.clock" in graph["netsuite_simulator.account"]


def test_imports_inside_functions_and_for_types_count(tmp_path: Path) -> None:
    package = tmp_path / "house"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "hall.py").write_text("def open():\n    from . import door\n")
    (package / "door.py").write_text("import json\nfrom house.wood import Oak\n")
    (package / "wood.py").write_text(
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from .hall import open\n"
    )

    graph = import_graph(package)

    assert graph["house.door"] == {"house.wood"}
    assert set(circle(graph)) == {"house.hall", "house.door", "house.wood"}
