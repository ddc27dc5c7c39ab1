"""The demo's last word: per record type what NetSuite has, what Odoo has, and what is between."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_COLUMNS = (
    ("label", "Records"),
    ("in_netsuite", "in NetSuite"),
    ("in_odoo", "in Odoo"),
    ("left_out", "excluded"),
    ("waiting", "waiting"),
    ("failed", "failed"),
    ("differences", "differences"),
)


def agrees(summary: dict[str, Any]) -> bool:
    """Tell whether all of NetSuite is in Odoo, to the cent.

    :param summary: ``rows`` with the keys of the columns, ``totals`` {seconds, api_calls,
        differences}, ``open`` {ISO code: {netsuite, odoo}} and ``outstanding`` {ISO code: amount},
        what payments that are neither deposited nor matched wait with where deposits are mirrored,
        all as text.
        A customer who is not mirrored is left out with all that belongs to it, on both sides.
    :return: False also for an empty summary, which proves nothing
    """
    rows = summary["rows"]
    return (
        any(row["in_netsuite"] for row in rows)
        and not summary["totals"]["differences"]
        and all(sums["netsuite"] == sums["odoo"] for sums in summary["open"].values())
        and not any(float(amount) for amount in summary.get("outstanding", {}).values())
        and all(
            row["in_netsuite"] == row["in_odoo"] + row["left_out"]
            and not (row["waiting"] or row["failed"] or row["differences"])
            for row in rows
        )
    )


def table(summary: dict[str, Any]) -> str:
    """Return the summary as lines of text, with the sums and the verdict below."""
    rows = [[title for _key, title in _COLUMNS]]
    rows += [[_cell(row[key]) for key, _title in _COLUMNS] for row in summary["rows"]]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_COLUMNS))]
    lines = []
    for row in rows:
        numbers = (cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True))
        lines.append("  ".join([row[0].ljust(widths[0]), *numbers]))
    lines.insert(1, "-" * len(lines[0]))
    totals = summary["totals"]
    lines += [
        f"open in {currency}: {sums['netsuite']} in NetSuite, {sums['odoo']} in Odoo"
        for currency, sums in sorted(summary["open"].items())
    ]
    lines += [
        f"waiting for the bank in {currency}: {amount}"
        for currency, amount in sorted(summary.get("outstanding", {}).items())
    ]
    lines.append(
        f"{totals['seconds']:.1f} s, {_cell(totals['api_calls'])} API calls, "
        f"{_cell(totals['differences'])} differences"
    )
    lines.append(
        "Odoo agrees with NetSuite to the cent." if agrees(summary) else "Odoo does not agree yet."
    )
    return "\n".join(lines)


def tables(summaries: Mapping[str, dict[str, Any]]) -> str:
    """Return the tables of several accounts, each below the account's name.

    :param summaries: {name of the account: its summary}
    """
    return "\n\n".join(f"{name}\n\n{table(each)}" for name, each in summaries.items())


def _cell(value: object) -> str:
    return f"{value:,}" if isinstance(value, int) else str(value)
