"""The commands of the Makefile: ``python3 -m tools demo|test|lint|bench|shell|clean``."""

# This file must load on any Python 3, or an old one could not be told what is wrong with it.
import subprocess
import sys

OLDEST = (3, 10)
NEWEST = (3, 13)


def _suits(version: "list[int]") -> bool:
    return OLDEST <= tuple(version) <= NEWEST


def _other_python() -> "str | None":
    """Find a supported Python on PATH when the default one is too old or too new."""
    probe = "import sys; print(*sys.version_info[:2])"
    for minor in range(NEWEST[1], OLDEST[1] - 1, -1):
        name = "python3.%d" % minor
        try:
            answer = subprocess.check_output([name, "-c", probe], stderr=subprocess.DEVNULL)
        except (OSError, subprocess.CalledProcessError):
            continue
        if _suits([int(part) for part in answer.split()]):
            return name
    return None


def main() -> int:
    """Run the command on a Python that Odoo 19 supports."""
    if _suits(list(sys.version_info[:2])):
        from .commands import run

        return run(sys.argv[1:])
    name = _other_python()
    if name is None:
        sys.stderr.write(
            "error: Python %d.%d does not run Odoo 19, which needs 3.10 to 3.13. Install one of "
            "those, or name it: make PYTHON=/path/to/python3.12 …\n" % sys.version_info[:2]
        )
        return 1
    return subprocess.call([name, "-m", "tools", *sys.argv[1:]])


if __name__ == "__main__":
    sys.exit(main())
