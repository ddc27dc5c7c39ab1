# ruff: noqa: DTZ001 - local times of the account are naive

from __future__ import annotations

import threading
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from netsuite_simulator.clock import Clock
from netsuite_simulator.schema import STORED_AS, TABLES, display_name, visible_tables
from netsuite_simulator.store import Store, open_store
from netsuite_simulator.switches import Switches


def write_and_fail(store: Store) -> None:
    with store.write() as con:
        con.execute("INSERT INTO term (id, name) VALUES (2, 'lost')")
        raise ZeroDivisionError


def test_failed_write_leaves_nothing_and_no_version() -> None:
    store = open_store()

    with pytest.raises(ZeroDivisionError):
        write_and_fail(store)

    with store.read() as con:
        assert con.execute("SELECT COUNT(*) FROM term").fetchone() == (0,)
    assert store.version == 0
    store.close()


def test_inner_failure_undoes_the_inner_part_only() -> None:
    store = open_store()

    with store.write() as con:
        con.execute("INSERT INTO term (id, name) VALUES (1, 'kept')")
        with pytest.raises(ZeroDivisionError):
            write_and_fail(store)

    with store.read() as con:
        assert con.execute("SELECT name FROM term").fetchall() == [("kept",)]
    assert store.version == 1
    store.close()


def test_readers_of_other_threads_see_committed_rows_only() -> None:
    store = open_store()
    seen: list[int] = []

    def count() -> None:
        with store.read() as con:
            seen.append(con.execute("SELECT COUNT(*) FROM term").fetchone()[0])

    def count_elsewhere() -> None:
        thread = threading.Thread(target=count)
        thread.start()
        thread.join()

    with store.write() as con:
        con.execute("INSERT INTO term (id, name) VALUES (1, 'x')")
        count()
        count_elsewhere()
    count_elsewhere()

    assert seen == [1, 0, 1]
    store.close()


def test_hook_reaches_connections_of_before_and_after() -> None:
    store = open_store()
    with store.read() as con:
        con.execute("SELECT 1")

    store.on_connect(lambda con: con.create_function("twice", 1, lambda value: 2 * value))

    with store.read() as first, store.read() as second:
        assert first is not second
        assert first.execute("SELECT twice(4)").fetchone() == (8,)
        assert second.execute("SELECT twice(4)").fetchone() == (8,)
    store.close()


def test_file_is_kept_and_temporary_folder_is_removed(tmp_path: Path) -> None:
    kept = open_store(str(tmp_path / "books.sqlite"))
    with kept.write() as con:
        con.execute("INSERT INTO term (id, name) VALUES (1, 'x')")
    kept.close()
    again = open_store(str(tmp_path / "books.sqlite"))
    temporary = open_store()
    folder = temporary.path.parent

    temporary.close()

    assert not folder.exists()
    with again.read() as con:
        assert con.execute("SELECT name FROM term").fetchall() == [("x",)]
    again.close()


def test_every_table_can_be_read_and_every_reference_has_a_table() -> None:
    store = open_store()

    with store.read() as con:
        for name, table in TABLES.items():
            cursor = con.execute(f'SELECT * FROM "{name}"')
            assert [column[0] for column in cursor.description][: len(table)] == list(table)
            for kind in table.values():
                if kind.base == "ref":
                    shown = display_name(kind.target, "r")
                    con.execute(f'SELECT {shown} FROM "{kind.target}" r')
    assert set(STORED_AS) <= set(TABLES)
    store.close()


def test_account_without_oneworld_shows_no_subsidiary() -> None:
    tables = visible_tables(Switches(one_world=False))

    assert "subsidiary" not in tables
    assert all("subsidiary" not in table for table in tables.values())
    assert "subsidiary" in visible_tables(Switches())["transactionline"]


def test_clock_stands_moves_and_converts() -> None:
    start = datetime(2026, 3, 8, 9, 59, 59, tzinfo=timezone.utc)
    clock = Clock(start=start, frozen=True)

    clock.advance(1)

    assert clock.now() == start + timedelta(seconds=1)
    assert clock.to_account(start) == datetime(2026, 3, 8, 1, 59, 59)
    assert clock.to_account(clock.now()) == datetime(2026, 3, 8, 3, 0)
    assert clock.from_account(datetime(2026, 3, 8, 3, 0)) == clock.now()
    assert clock.from_account(datetime(2026, 11, 1, 1, 30)) == datetime(
        2026, 11, 1, 8, 30, tzinfo=timezone.utc
    )
    clock.frozen = False
    assert timedelta() <= clock.now() - start - timedelta(seconds=1) < timedelta(seconds=10)


def test_switches_refuse_what_is_no_choice() -> None:
    switches = Switches()

    with pytest.raises(ValueError, match="unapply_touches"):
        switches.change({"one_world": False, "unapply_touches": "nobody"})
    with pytest.raises(ValueError, match="no switch 'colour'"):
        switches.change({"colour": "red"})

    assert switches == Switches()
