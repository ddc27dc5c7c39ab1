"""Which part of a profile is the connector's, and which part Odoo's."""

from __future__ import annotations

import cProfile
import pstats
from typing import Any

import pytest

from benchmarks.attribution import Attribution, Function, Owner, Stats

ROOT = ("bench.py", 1, "book")
BOOKER = ("ours/booker.py", 1, "_book")
GUARD_POST = ("ours/account_move.py", 1, "_post")
GUARD_WRITE = ("ours/account_move.py", 9, "write")
CHECK = ("ours/guard.py", 1, "_check")
CREATE = ("odoo/models.py", 1, "create")
WRITE = ("odoo/models.py", 2, "write")
SEARCH = ("odoo/models.py", 3, "search")
POST = ("odoo/account_move.py", 4, "_post")
SORTED = ("~", 0, "<built-in method sorted>")


def owner(function: Function) -> Owner:
    folder = function[0].partition("/")[0]
    return {"ours": Owner.OURS, "odoo": Owner.ODOO}.get(folder, Owner.NOBODY)


def profile(own: dict[Function, float], calls: dict[tuple[Function, Function], float]) -> Stats:
    """Return statistics like the profiler's.

    :param own: seconds that each function took itself
    :param calls: {(caller, called): seconds with what it calls}; a function's own seconds are
        divided between its callers as these are
    """
    stats: Stats = {function: (1, 1, seconds, 0.0, {}) for function, seconds in own.items()}
    for (caller, called), seconds in calls.items():
        whole = sum(value for edge, value in calls.items() if edge[1] == called)
        stats[called][4][caller] = (1, 1, own[called] * seconds / whole, seconds)
    return stats


@pytest.fixture
def attribution() -> Attribution:
    """Booking for 100 seconds: 10 are ours, 5 of them where Odoo or an override calls us."""
    own = {
        ROOT: 0.0, BOOKER: 3.0, SORTED: 2.0, GUARD_POST: 1.0, GUARD_WRITE: 1.0, CHECK: 3.0,
        CREATE: 20.0, WRITE: 25.0, POST: 40.0, SEARCH: 5.0,
    }  # fmt: skip
    calls = {
        (ROOT, BOOKER): 100.0,
        (BOOKER, SORTED): 2.0,
        # Through our override's super().
        (BOOKER, GUARD_POST): 41.0,
        (GUARD_POST, POST): 40.0,
        # Odoo's create writes, through our override, which asks the guard, which asks Odoo.
        (BOOKER, CREATE): 54.0,
        (CREATE, GUARD_WRITE): 34.0,
        (GUARD_WRITE, WRITE): 25.0,
        (GUARD_WRITE, CHECK): 8.0,
        (CHECK, SEARCH): 5.0,
    }
    return Attribution(profile(own, calls), owner)


def test_time_below_an_overrides_super_is_odoos(attribution: Attribution) -> None:
    assert attribution.ours() == pytest.approx(0.10)


def test_parts_are_the_calls_that_led_into_odoo(attribution: Attribution) -> None:
    parts = attribution.parts()

    # `write` and `search` happen below `create`, although functions of ours call them.
    assert parts.keys() == {"create", "_post"}
    assert parts["create"] / parts["_post"] == pytest.approx(54 / 40)
    assert sum(parts.values()) + attribution.ours() == pytest.approx(1)


def test_library_counts_for_its_callers() -> None:
    own = {ROOT: 0.0, BOOKER: 1.0, CREATE: 3.0, SORTED: 4.0}
    calls = {
        (ROOT, BOOKER): 8.0,
        (BOOKER, CREATE): 6.0,
        (CREATE, SORTED): 3.0,
        (BOOKER, SORTED): 1.0,
    }

    attribution = Attribution(profile(own, calls), owner)

    assert attribution.ours() == pytest.approx((1 + 1) / 8)
    assert attribution.parts()["create"] == pytest.approx(6 / 8)


def test_profile_of_python_is_understood() -> None:
    """The shape that Python's profiler gives, with a generator and a recursion in it."""
    namespaces: dict[str, dict[str, Any]] = {"odoo": {}, "ours": {}}
    exec(
        compile("def work(n):\n    return sum(range(200_000)) + (work(n - 1) if n else 0)\n",
                "odoo/models.py", "exec"),
        namespaces["odoo"],
    )  # fmt: skip
    namespaces["ours"]["work"] = namespaces["odoo"]["work"]
    exec(
        compile("def override():\n    return sum(work(3) for _ in range(5))\n",
                "ours/account_move.py", "exec"),
        namespaces["ours"],
    )  # fmt: skip
    profiler = cProfile.Profile()
    profiler.runcall(namespaces["ours"]["override"])

    attribution = Attribution(pstats.Stats(profiler).stats, owner)  # type: ignore[attr-defined]

    assert attribution.ours() < 0.1
    assert attribution.parts().keys() == {"work"}
