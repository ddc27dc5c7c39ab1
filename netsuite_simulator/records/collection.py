"""Collections of records: `GET /{record}?q=…` (docs/NETSUITE.md 3.2)."""

# ruff: noqa: S608 - names come from the schema, values are bound or quoted

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from netsuite_simulator.ledger.kinds import JOURNAL
from netsuite_simulator.records.names import ROOT, record_type_of
from netsuite_simulator.records.q_filter import DateStyle, condition
from netsuite_simulator.records.render import record_url
from netsuite_simulator.suiteql.service import page_bounds
from netsuite_simulator.web.call import Call
from netsuite_simulator.web.envelope import Answer, ApiError, link, page_links, resource_answer

if TYPE_CHECKING:
    from netsuite_simulator.account import SimulatedAccount

MAX_PAGES = 1000


def listing(account: SimulatedAccount, call: Call, name: str) -> Answer:
    """Answer a collection: ids and links only, filtered by `q`."""
    kind = record_type_of(name)
    limit, offset = page_bounds(call)
    if offset // limit >= MAX_PAGES:
        raise ApiError(
            400,
            "INVALID_PARAMETER",
            f"A collection has at most {MAX_PAGES} pages.",
            {"o:errorQueryParam": "offset"},
        )
    conditions = [f"type = '{kind.code}'"] if kind.code else []
    if kind.code == JOURNAL:
        conditions.append(f"recordtype = '{kind.name.lower()}'")
    text = call.args.get("q")
    if text:
        style = DateStyle(account.switches.date_format, account.queries.session_zone())
        conditions.append(f"({condition(kind, text, style)})")
    where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
    query = f"SELECT id FROM {kind.table}{where} ORDER BY id"
    rows = account.queries.run(query, (), limit, offset, call.seq)
    extra = [f"q={quote(text)}"] if text else []
    url = f"{call.base_url}{ROOT}/{name.lower()}"
    # The page's own link repeats the request; those to other pages are in lower case.
    own = call.url + (f"?{call.query}" if call.query else "")
    page = {
        "links": page_links(url, limit, offset, rows.total, extra, own),
        "count": len(rows.items),
        "hasMore": offset + limit < rows.total,
        "items": [
            {
                "links": [link("self", record_url(call.base_url, name.lower(), item["id"]))],
                "id": item["id"],
            }
            for item in rows.items
        ],
        "offset": offset,
        "totalResults": rows.total,
    }
    return resource_answer(page, "collection", rows=len(rows.items))
