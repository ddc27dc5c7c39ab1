"""Odoo databases with their file stores: cloned from templates, named, dropped."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterable
from pathlib import Path

import psutil
import psycopg2.errors

from . import postgres
from .cache import lock
from .console import Step
from .errors import ToolError
from .odoo import DATA, Odoo, install, manifest
from .paths import LOCAL, REQUIREMENTS, ROOT, clone_key

# Addons tested together in one database; glue addons bring modules that change how others behave.
SUITES: tuple[tuple[str, ...], ...] = (
    ("kolleno_netsuite",),
    ("kolleno_netsuite_oidc", "kolleno_netsuite_stripe"),
    ("kolleno_netsuite_queue_job",),
)
# Modules of Odoo that an addon does not need and its users have beside it: some tests use them.
BESIDE: dict[str, tuple[str, ...]] = {"kolleno_netsuite": ("base_automation",)}
# Changes below these do not change what an installed addon is.
_NOT_INSTALLED = frozenset({"tests", "readme", "__pycache__"})
_NO_ANALYSIS = """
DO $$
DECLARE item record;
BEGIN
    FOR item IN SELECT oid::regclass AS name FROM pg_class
                WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace LOOP
        EXECUTE format('ALTER TABLE %s SET (autovacuum_enabled = false)', item.name);
    END LOOP;
END $$
"""
# The newest templates of each kind stay: switching between two branches then stays quick.
_KEPT = 3


def suites() -> list[tuple[str, ...]]:
    """Return the addons that are there, in the groups in which they are tested."""
    present = [tuple(name for name in suite if is_addon(name)) for suite in SUITES]
    return [suite for suite in present if suite]


def with_those_beside(suite: tuple[str, ...]) -> tuple[str, ...]:
    """Return what is installed for the tests of some addons."""
    return (*suite, *(module for addon in suite for module in BESIDE.get(addon, ())))


def is_addon(name: str) -> bool:
    """Tell whether the project has an addon of this name."""
    return (ROOT / name / "__manifest__.py").is_file()


def dependencies(modules: Iterable[str]) -> tuple[list[str], list[str]]:
    """Split what these addons need into the project's own addons and Odoo's modules."""
    own: set[str] = set()
    others: set[str] = set()
    todo = list(modules)
    while todo:
        name = todo.pop()
        if not is_addon(name):
            others.add(name)
        elif name not in own:
            own.add(name)
            depends = manifest(ROOT / name).get("depends", [])
            assert isinstance(depends, list)
            todo += depends
    return sorted(own), sorted(others)


def installed_template(odoo: Odoo, modules: tuple[str, ...]) -> str:
    """Return a database in which the addons are installed; make it if their sources changed.

    Two layers: the modules of Odoo, kept until the list or Odoo changes, and the addons on top.
    """
    own, others = dependencies(modules)
    pins = (REQUIREMENTS / "oca.txt").read_bytes()
    base_key = _digest([odoo.key.encode(), pins, *(name.encode() for name in others)])
    base = f"{_prefix()}_base_{base_key}"
    top = f"{_prefix()}_addon_{_digest([base_key.encode(), *_sources(own)])}"
    with lock("templates", LOCAL):
        if not exists(top):
            if not exists(base):
                _build(odoo, base, None, others, "Odoo's modules")
                _prune("base")
            _build(odoo, top, base, list(modules), " and ".join(modules))
            _prune("addon")
        os.utime(_file_store(top, make=True))
        os.utime(_file_store(base, make=True))
    return top


def _build(odoo: Odoo, name: str, base: str | None, modules: list[str], title: str) -> None:
    """Make a template under a passing name; it gets its own one when it is complete."""
    passing = f"{name}_building"
    drop(passing)
    if base:
        clone(base, passing)
    with Step(f"install {title}") as step:
        install(odoo, passing, modules, step.update)
    postgres.query(f'ALTER DATABASE "{passing}" RENAME TO "{name}"')
    shutil.rmtree(_file_store(name), ignore_errors=True)
    os.replace(_file_store(passing, make=True), _file_store(name))
    # A copy is as old as what it was made of; the newest is the last that may be dropped.
    os.utime(_file_store(name))
    _configuration(passing).unlink(missing_ok=True)


def _prune(kind: str) -> None:
    prefix = f"{_prefix()}_{kind}_"
    names = [name for name in _names(prefix) if not name.endswith("_building")]
    names.sort(key=lambda name: _file_store(name, make=True).stat().st_mtime, reverse=True)
    for name in names[_KEPT:]:
        drop(name)


def working_name(purpose: str) -> str:
    """Return a name for a database of this process; drop those of processes that died.

    A test may make further ones under that name with an ending, as ``…_test_4711_crash``.
    """
    prefix = f"{_prefix()}_{purpose}_"
    for name in _names(prefix):
        if not psutil.pid_exists(int(name.removeprefix(prefix).partition("_")[0])):
            drop(name)
    return f"{prefix}{os.getpid()}"


def demo_name() -> str:
    """Return the name of the demo's database."""
    return f"{_prefix()}_demo"


def exists(name: str) -> bool:
    """Tell whether the server has a database of this name."""
    return bool(postgres.query("SELECT 1 FROM pg_database WHERE datname = %s", name))


def clone(template: str, name: str) -> None:
    """Copy a database and its file store."""
    postgres.query(f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY file_copy')
    source = _file_store(template)
    if source.is_dir():
        # Stored files are never written again (their name is their hash): a link is a copy.
        shutil.copytree(source, _file_store(name), copy_function=os.link, dirs_exist_ok=True)


def keep_from_analysis(name: str) -> None:
    """Switch automatic analysis off in a database for tests.

    A test works in one transaction that is never committed. An analysis meanwhile finds its
    tables full of pages and without a row, and PostgreSQL then plans each join row by row.
    """
    postgres.query(_NO_ANALYSIS, database=name)


def drop(name: str) -> None:
    """Remove a database, its file store and its configuration, if they are there."""
    statement = f'DROP DATABASE IF EXISTS "{name}"'
    try:
        # Without force first: this one stops autovacuum, which force may only do for superusers.
        postgres.query(statement)
    except psycopg2.errors.ObjectInUse:
        _drop_in_use(name, statement)
    shutil.rmtree(_file_store(name), ignore_errors=True)
    _configuration(name).unlink(missing_ok=True)


def _drop_in_use(name: str, statement: str) -> None:
    try:
        postgres.query(f"{statement} WITH (FORCE)")
    except psycopg2.errors.InsufficientPrivilege as error:
        raise ToolError(
            f"The database {name} is in use by another role", "Close that connection"
        ) from error


def drop_all() -> None:
    """Remove all databases of this clone."""
    for name in _names(f"{_prefix()}_"):
        drop(name)


def _prefix() -> str:
    return f"kolleno_{clone_key()}"


def _names(prefix: str) -> list[str]:
    rows = postgres.query("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", prefix)
    return [name for (name,) in rows]


def _file_store(name: str, *, make: bool = False) -> Path:
    folder = DATA / "filestore" / name
    if make:
        folder.mkdir(parents=True, exist_ok=True)
    return folder


def _configuration(name: str) -> Path:
    return DATA / f"{name}.conf"


def _sources(modules: list[str]) -> Iterable[bytes]:
    """Yield names and contents of all files that make an installed addon what it is."""
    for module in modules:
        for path in sorted((ROOT / module).rglob("*")):
            relative = path.relative_to(ROOT)
            if path.is_file() and not _NOT_INSTALLED.intersection(relative.parts):
                yield str(relative).encode()
                yield path.read_bytes()


def _digest(parts: Iterable[bytes]) -> str:
    digest = hashlib.sha256()
    for part in parts:
        digest.update(len(part).to_bytes(8, "big"))
        digest.update(part)
    return digest.hexdigest()[:12]
