"""Whose time it is: the connector's or Odoo's, from a profile of who called whom.

A function's own time is its owner's, whoever called it: Odoo's code that runs below an override of
ours, through its super(), is Odoo's. What belongs to neither, such as Python's library, counts for
whoever called it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from enum import Enum

# File, line and name, as the profiler of Python's library has them.
Function = tuple[str, int, str]
# {caller: (calls, calls that are no recursion, own seconds, seconds with what it calls)}
Callers = dict[Function, tuple[int, int, float, float]]
Stats = dict[Function, tuple[int, int, float, float, Callers]]

# Shares are passed on along the calls this often; chains through functions of nobody are shorter.
ROUNDS = 30


class Owner(Enum):
    """Who wrote a function."""

    OURS = "ours"
    ODOO = "odoo"
    NOBODY = "nobody"


class Attribution:
    """The time of a profile, divided between the connector and what it calls of Odoo.

    :param stats: statistics of one profile, as `pstats.Stats` has them
    :param owner: tells who wrote a function
    """

    def __init__(self, stats: Stats, owner: Callable[[Function], Owner]) -> None:
        self._stats = stats
        self._owners = {function: owner(function) for function in stats}
        self._total = sum(own for _cc, _nc, own, _cumulative, _callers in stats.values())

    def ours(self) -> float:
        """Return the share of the time that is the connector's own, wherever it was called."""
        fixed = {Owner.OURS: 1.0, Owner.ODOO: 0.0}
        shares = self._passed_on(
            {f: fixed[owner] for f, owner in self._owners.items() if owner in fixed}
        )
        seconds = 0.0
        for function, (_cc, _nc, own, _cumulative, callers) in self._stats.items():
            if self._owners[function] in fixed or not callers:
                seconds += own * shares[function]
            else:
                seconds += sum(edge[2] * shares[caller] for caller, edge in callers.items())
        return seconds / self._total

    def parts(self) -> Counter[str]:
        """Return {name of a function of Odoo's that we call: share of the time}.

        Calls that Odoo makes itself, also by way of ours, belong to the call that led to them.
        The shares and `ours` make 1.
        """
        odoo = {f: 0.0 for f, owner in self._owners.items() if owner is Owner.ODOO}
        # How much of a function's time is not below a function of Odoo's.
        outside = self._passed_on(odoo)
        parts: Counter[str] = Counter()
        for function in odoo:
            for caller, edge in self._stats[function][4].items():
                parts[function[2]] += edge[3] * outside[caller]  # type: ignore[assignment]
        # What Odoo called of ours is in it, and is taken off all alike.
        called = sum(parts.values())
        scale = (1 - self.ours()) / called if called else 0.0
        return Counter({name: seconds * scale for name, seconds in parts.items() if seconds})  # type: ignore[misc]

    def _passed_on(self, fixed: dict[Function, float]) -> dict[Function, float]:
        """Return a share for each function: a fixed one, or its callers' by the time they gave it.

        Functions that nobody called have the share 1.
        """
        shares = {function: fixed.get(function, 1.0) for function in self._stats}
        for _round in range(ROUNDS):
            for function, (_cc, _nc, _own, _cumulative, callers) in self._stats.items():
                if function in fixed or not callers:
                    continue
                weights = {caller: edge[3] for caller, edge in callers.items()}
                whole = sum(weights.values())
                if whole:
                    shares[function] = (
                        sum(weight * shares[caller] for caller, weight in weights.items()) / whole
                    )
        return shares
