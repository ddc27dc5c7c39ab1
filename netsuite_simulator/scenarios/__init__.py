"""Ready-made accounts: what the books hold when the simulator starts."""

from __future__ import annotations

from typing import Any

from ..ledger import Ledger
from . import small
from .demo import build_demo
from .people import build_leads
from .scale import DEFAULT_SIZE, build_scale
from .setup import build_setup

SCENARIOS = ("demo", "empty", "small", "scale")


def switches_of(name: str) -> dict[str, Any]:
    """Return the switches that a scenario's account has of itself, before any profile."""
    return dict(small.SWITCHES) if name == "small" else {}


def build(name: str, ledger: Ledger, size: int | None = None, seed: int = 1) -> None:
    """Fill the empty books of an account; the same seed and clock make the same books.

    The switches decide whether there are several companies and currencies, and leads.

    :param name: `empty` (setup only), `demo`, `small` or `scale`.
    :param size: number of transactions of `scale`, 20,000 when None.
    :raise ValueError: for an unknown name.
    """
    if name not in SCENARIOS:
        raise ValueError(f"There is no scenario {name!r}; choose one of {', '.join(SCENARIOS)}.")
    setup = build_setup(ledger)
    if name == "demo":
        build_demo(ledger, setup, seed)
    elif name == "scale":
        build_scale(ledger, setup, size or DEFAULT_SIZE, seed)
    elif name == "small":
        small.build_small(ledger, setup, seed)
    if ledger.switches.leads:
        build_leads(ledger, setup)
