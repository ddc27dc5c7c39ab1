"""``make soak``: the tests of random business, of killed processes and of all kinds of accounts."""

from __future__ import annotations

import os

from . import test_loop
from .console import say

# What reads the variable is in kolleno_netsuite/tests/support/examples.py.
_VARIABLE = "NETSUITE_EXAMPLES"
_EXAMPLES = 200
_ADDON = "kolleno_netsuite/tests"
FILES = (
    f"{_ADDON}/drive/test_property.py",
    f"{_ADDON}/drive/test_accounts_of_other_kinds.py",
    f"{_ADDON}/drive/test_crash.py",
    f"{_ADDON}/booking/test_booking_random_acts.py",
    f"{_ADDON}/booking/test_shared_random.py",
    f"{_ADDON}/writeback/test_write_property.py",
    f"{_ADDON}/writeback/test_write_crash.py",
)


def run(arguments: list[str]) -> int:
    """Run these tests; a failure names the acts or the seed that led to it.

    :param arguments: how many examples, and options for pytest
    """
    given = bool(arguments) and arguments[0].isdigit()
    examples = int(arguments[0]) if given else _EXAMPLES
    say(f"{examples} examples, other ones each time")
    os.environ[_VARIABLE] = str(examples)
    return test_loop.run([*FILES, *arguments[given:]])
