"""Progress lines: what is being done, how big it is, how far it is."""

from __future__ import annotations

import shutil
import sys
import time

_UNITS = ("B", "kB", "MB", "GB")
# Without a terminal a line cannot be overwritten: then one line in this many seconds is enough.
_PLAIN_INTERVAL = 10.0
_TERMINAL_INTERVAL = 0.1


def human_size(size: float) -> str:
    """Return a size in bytes as a person reads it, such as ``123.4 MB``."""
    for unit in _UNITS:
        if size < 1000 or unit == _UNITS[-1]:
            return f"{size:.0f} {unit}" if unit == "B" else f"{size:.1f} {unit}"
        size /= 1000
    raise AssertionError("unreachable: the last unit always fits")


def say(text: str) -> None:
    """Print one line at once, also when the output is a pipe."""
    print(text, flush=True)


class Step:
    """Report one step with its progress and the seconds that it took.

    Use as a context manager; :meth:`update` may be called as often as wanted.
    """

    def __init__(self, title: str) -> None:
        self.title = title
        self._terminal = sys.stdout.isatty()
        self._started = self._shown = 0.0

    def __enter__(self) -> Step:
        self._started = self._shown = time.monotonic()
        if self._terminal:
            self._overwrite(f"  {self.title} …")
        else:
            say(f"  {self.title} …")
        return self

    def update(self, detail: str) -> None:
        """Show how far the step is, such as ``45.0 MB of 123.4 MB``."""
        now = time.monotonic()
        if now - self._shown < (_TERMINAL_INTERVAL if self._terminal else _PLAIN_INTERVAL):
            return
        self._shown = now
        line = f"  {self.title}: {detail}"
        if self._terminal:
            self._overwrite(line)
        else:
            say(line)

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        seconds = time.monotonic() - self._started
        if self._terminal:
            self._overwrite("")
        if kind is None:
            say(f"  {self.title}: done in {seconds:.1f} s")
        else:
            say(f"  {self.title}: stopped after {seconds:.1f} s")

    def _overwrite(self, line: str) -> None:
        width = shutil.get_terminal_size().columns - 1
        sys.stdout.write("\r\x1b[K" + line[:width])
        sys.stdout.flush()
