"""Read the machine's own apt configuration, to fetch from the mirror that it already trusts.

Both notations are read: one-line ``.list`` files and deb822 ``.sources`` files (sources.list(5)).
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from .errors import ToolError

# Suites of Debian itself; the machine's own codename comes on top.
_DEBIAN_SUITES = frozenset({"stable", "testing", "unstable", "sid"})
# What belongs to the machine's own suites and architecture, and is chosen anew for ours.
_NOT_CARRIED = frozenset(
    {"types", "uris", "suites", "components", "enabled", "architectures", "arch"}
)


@dataclass(frozen=True)
class Source:
    """One entry: where packages come from, and the options (keyring …) that apt needs for it."""

    uris: tuple[str, ...]
    suites: tuple[str, ...]
    components: tuple[str, ...]
    options: dict[str, str] = field(default_factory=dict)

    def stanza(self, suites: tuple[str, ...]) -> str:
        """Return this source as a deb822 stanza for other suites of the same archive."""
        lines = [
            "Types: deb",
            f"URIs: {' '.join(self.uris)}",
            f"Suites: {' '.join(suites)}",
            "Components: main",
            *(f"{name}: {value}" for name, value in self.options.items()),
        ]
        return "\n".join(lines) + "\n"


def read_sources(etc: Path) -> list[Source]:
    """Return all enabled binary sources below an apt configuration folder such as /etc/apt."""
    found: list[Source] = []
    parts = etc / "sources.list.d"
    files = [etc / "sources.list", *sorted(parts.glob("*.list")), *sorted(parts.glob("*.sources"))]
    for file in files:
        if file.is_file():
            text = file.read_text(encoding="utf-8", errors="replace")
            found += _deb822(text) if file.suffix == ".sources" else _one_line(text)
    return found


def debian_archive(sources: list[Source], codename: str) -> Source:
    """Choose the entry that is Debian's own archive, not its security part or someone else's.

    :param sources: as :func:`read_sources` gives them
    :param codename: VERSION_CODENAME of /etc/os-release
    :raises ToolError: there is none
    """
    ours = _DEBIAN_SUITES | {codename}
    candidates = [
        source
        for source in sources
        if "main" in source.components
        and ours.intersection(source.suites)
        and not source.uris[0].startswith("cdrom:")
    ]
    # Third parties also use Debian's codenames; Debian's mirrors are called after Debian.
    candidates.sort(key=lambda source: "/debian" not in source.uris[0])
    if not candidates:
        raise ToolError(
            "The apt configuration of this machine names no Debian mirror",
            "Set ODOO_HOME to an Odoo 19.0 source tree, or add a mirror to /etc/apt/sources.list",
        )
    return candidates[0]


def _one_line(text: str) -> Iterator[Source]:
    for line in text.splitlines():
        line = line.split("#", 1)[0].strip()
        if not line.startswith(("deb ", "deb\t")):
            continue
        rest = line[3:].strip()
        options: dict[str, str] = {}
        if rest.startswith("["):
            inside, _, rest = rest[1:].partition("]")
            options = dict(word.split("=", 1) for word in shlex.split(inside) if "=" in word)
        words = rest.split()
        if len(words) > 2:
            yield Source((words[0],), (words[1],), tuple(words[2:]), _carried(options))


def _deb822(text: str) -> Iterator[Source]:
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    for block in "\n".join(line.rstrip() for line in lines).split("\n\n"):
        fields: dict[str, str] = {}
        name = ""
        for line in block.splitlines():
            if line[:1] in (" ", "\t") and name:
                fields[name] += "\n" + line
            elif ":" in line:
                name, _, value = line.partition(":")
                name = name.strip().title()
                fields[name] = value.strip()
        uris = tuple(fields.get("Uris", "").split())
        suites = tuple(fields.get("Suites", "").split())
        enabled = fields.get("Enabled", "yes").lower() not in ("no", "false", "0")
        if uris and suites and enabled and "deb" in fields.get("Types", "").split():
            components = tuple(fields.get("Components", "").split())
            yield Source(uris, suites, components, _carried(fields))


def _carried(options: dict[str, str]) -> dict[str, str]:
    return {
        name.title(): value
        for name, value in options.items()
        if name.lower() not in _NOT_CARRIED and not name.lower().endswith(("+", "-"))
    }
