"""Open facts of the HTTP side as named choices (docs/NETSUITE.md 8).

The switches that concern data live in `switches.py`; both kinds are set through the control API.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Literal, get_args, get_origin, get_type_hints


@dataclass
class FrontSwitches:
    """How this account answers where recordings and documentation disagree."""

    # SYSDATE is the clock of the database server, whatever the session's zone is.
    sysdate_zone: str = "America/Los_Angeles"
    # Numbers below one without a leading zero (".5"), as Oracle's TO_CHAR writes them.
    bare_decimal_point: bool = True
    # WITH … AS: refused by the documentation, used by one of Oracle's own samples.
    allow_with: bool = False
    # FETCH FIRST: honoured for years, refused as a syntax error by some accounts since 2026.
    allow_fetch_first: bool = True
    # Date preference of the account, which raw date columns come back in.
    date_format: Literal["M/D/YYYY", "D/M/YYYY", "YYYY-MM-DD"] = "M/D/YYYY"
    # BUILTIN.DF of a status: "Invoice : Open", or the bare name "Open".
    status_display: Literal["full", "name"] = "full"
    # Status of a request over the concurrency limit; some clients see 400.
    concurrency_status: Literal[429, 400] = 429
    # Rows of equal sort key change places between pages.
    shuffle_ties: bool = True
    # `expires_in` of a token answer as text, as most samples print it.
    expires_in_as_string: bool = False
    # Whether the SuiteApp's RESTlet that hands out documents is deployed.
    document_restlet: bool = False
    # Largest file that a RESTlet hands out, in bytes; NetSuite's is 10 MB.
    restlet_size_limit: int = 10 * 1024 * 1024
    # How many requests of the account may run at once.
    concurrency_limit: int = 5

    def change(self, values: Mapping[str, Any]) -> None:
        """Set several switches by name.

        Raises:
            ValueError: on an unknown name or a value that is no choice; nothing is set.
        """
        hints = get_type_hints(type(self))
        for name, value in values.items():
            if name not in hints:
                raise ValueError(f"There is no switch {name!r}.")
            hint = hints[name]
            choices = get_args(hint) if get_origin(hint) is Literal else ()
            if choices and value not in choices:
                raise ValueError(f"{name} is one of {', '.join(map(str, choices))}.")
            if not choices and type(value) is not hint:
                raise ValueError(f"{name} wants a value of type {hint.__name__}.")
        for name, value in values.items():
            setattr(self, name, value)

    def reset(self) -> None:
        """Set every switch back to its default."""
        for item in fields(self):
            setattr(self, item.name, item.default)

    def as_dict(self) -> dict[str, Any]:
        """Return all switches by name."""
        return asdict(self)
