"""Entry point of `python -m netsuite_simulator`."""

import sys

from netsuite_simulator.cli import main

if __name__ == "__main__":
    sys.exit(main())
