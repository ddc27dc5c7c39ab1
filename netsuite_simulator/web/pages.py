"""The account's user interface, as far as a link leads into it: one read-only page per record."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

from netsuite_simulator.ledger import Enum, Ref, Sublist
from netsuite_simulator.web.call import Call
from netsuite_simulator.web.envelope import Answer, nonexistent_record

if TYPE_CHECKING:
    from netsuite_simulator.account import SimulatedAccount

# Page of NetSuite's interface (docs/NETSUITE.md 1.2) -> REST record.
RECORD_OF_PAGE = {
    "custinvc": "invoice",
    "custcred": "creditMemo",
    "credmemo": "creditMemo",
    "custpymt": "customerPayment",
    "custdep": "customerDeposit",
    "depappl": "depositApplication",
    "custrfnd": "customerRefund",
    "journal": "journalEntry",
    "custjob": "customer",
    "account": "account",
    "subsidiarytype": "subsidiary",
    "item": "item",
}
_STYLE = """
body{font:14px/1.5 sans-serif;margin:2rem auto;max-width:60rem;color:#222}
header{border-bottom:2px solid #607d8b;margin-bottom:1rem}small{color:#607d8b}
table{border-collapse:collapse;margin:.5rem 0 1.5rem}td,th{padding:.2rem .8rem;text-align:left;
border-bottom:1px solid #ddd;vertical-align:top}
"""


def record_page(account: SimulatedAccount, call: Call, page: str) -> Answer:
    """Show a record as a person would find it: its fields, then its sublists.

    :raise ApiError: 404 when the page or the record is not there.
    """
    name = RECORD_OF_PAGE.get(page)
    record_id = call.args.get("id", "")
    if name is None or not record_id.isdecimal():
        raise nonexistent_record()
    if name == "journalEntry":
        # One page for plain and intercompany journals.
        name = account.ledger.type_name(int(record_id))
    body = account.ledger.read(name, int(record_id))
    fields = {key: value for key, value in body.items() if not isinstance(value, Sublist)}
    lists = {key: value for key, value in body.items() if isinstance(value, Sublist) and value}
    title = f"{name} {body.get('tranId') or body.get('entityId') or record_id}"
    parts = [
        f"<!DOCTYPE html><html lang=en><meta charset=utf-8><title>{escape(title)}</title>",
        "<link rel=icon href=data:,>",
        f"<style>{_STYLE}</style><header><small>Simulated NetSuite account",
        f" {escape(account.account_id)}</small><h1>{escape(title)}</h1></header>",
        _fields(fields),
        *(f"<h2>{escape(key)}</h2>{_lines(lines)}" for key, lines in lists.items()),
    ]
    return Answer(200, "".join(parts).encode(), {"Content-Type": "text/html; charset=utf-8"})


def _fields(fields: dict[str, Any]) -> str:
    rows = (
        f"<tr><th>{escape(key)}</th><td>{_text(value)}</td></tr>"
        for key, value in sorted(fields.items())
        if value is not None
    )
    return f"<table>{''.join(rows)}</table>"


def _lines(lines: Sublist) -> str:
    columns = list(dict.fromkeys(key for line in lines for key in line))
    head = "".join(f"<th>{escape(column)}</th>" for column in columns)
    rows = (
        "<tr>" + "".join(f"<td>{_text(line.get(column))}</td>" for column in columns) + "</tr>"
        for line in lines
    )
    return f"<table><tr>{head}</tr>{''.join(rows)}</table>"


def _text(value: object) -> str:
    if isinstance(value, Ref):
        return escape(f"{value.name or ''} ({value.id})")
    if isinstance(value, Enum):
        return escape(value.name)
    return "" if value is None else escape(str(value))
