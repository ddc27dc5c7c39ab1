"""``python -m benchmarks``: measure in the database that ``make bench`` made; print tables."""

from __future__ import annotations

import argparse
import os
import sys
import time

import odoo.init  # noqa: F401 - Odoo is set up before any other part of it is imported

from . import booking, booking_profile, memory, quiet_sync, session, writing

# Where ``make bench`` says which database to use.
CONFIGURATION = "KOLLENO_NETSUITE_CONFIGURATION"
BENCHMARKS = {
    "booking": booking,
    "profile": booking_profile,
    "quiet": quiet_sync,
    "memory": memory,
    "writing": writing,
}


def main(arguments: list[str]) -> int:
    """Run the named benchmarks, all of them by default."""
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument(
        "names", nargs="*", metavar="name", help=f"one of {', '.join(BENCHMARKS)}; all by default"
    )
    for module in BENCHMARKS.values():
        module.options(parser)
    options = parser.parse_args(arguments)
    unknown = set(options.names) - BENCHMARKS.keys()
    if unknown:
        parser.error(f"there is no benchmark {', '.join(sorted(unknown))}")
    with session.odoo_environment(os.environ[CONFIGURATION]) as env:
        for name in options.names or BENCHMARKS:
            started = time.monotonic()
            print(f"\n{BENCHMARKS[name].run(env, options)}\n", flush=True)
            print(f"{name}: {time.monotonic() - started:.0f} s", file=sys.stderr, flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
