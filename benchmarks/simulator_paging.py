"""How fast the simulator pages a big table by keyset, over HTTP and signed.

Prints pages per second. The addon's own figures are only worth something while the simulator is
much faster than NetSuite; the aim is 20 pages of 1,000 rows per second on one core.

Run: python benchmarks/simulator_paging.py [--size 100000] [--pages 50]
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import requests

from netsuite_simulator.testing import RunningSimulator, running_simulator

MODEL = "YYYY-MM-DD HH24:MI:SS"
QUERIES = {
    "header": """
        SELECT t.id, t.tranid, t.type, t.entity, t.currency, t.status, t.trandate, t.duedate,
          t.exchangerate, t.foreigntotal, t.foreignamountunpaid, t.memo, t.postingperiod,
          TO_CHAR(t.lastmodifieddate, '{model}') AS modified
        FROM transaction t
        WHERE t.type IN ('CustInvc', 'CustCred', 'CustPymt')
          AND (t.lastmodifieddate > TO_DATE(?, '{model}')
            OR (t.lastmodifieddate = TO_DATE(?, '{model}') AND t.id > ?))
        ORDER BY t.lastmodifieddate, t.id""",
    "header with main line": """
        SELECT t.id, t.tranid, t.type, t.entity, t.currency, BUILTIN.DF(t.entity) AS customer,
          t.foreigntotal, t.foreignamountunpaid, l.subsidiary,
          TO_CHAR(t.lastmodifieddate, '{model}') AS modified
        FROM transaction t
        JOIN transactionline l ON l.transaction = t.id AND l.mainline = 'T'
        WHERE (t.lastmodifieddate > TO_DATE(?, '{model}')
            OR (t.lastmodifieddate = TO_DATE(?, '{model}') AND t.id > ?))
        ORDER BY t.lastmodifieddate, t.id""",
}


def page_all(simulator: RunningSimulator, query: str, pages: int) -> tuple[int, int, float, float]:
    """Read up to `pages` pages; returns pages, rows, seconds and seconds of processor time.

    Processor time is that of server and client together, which share this process.
    """
    token = simulator.m2m_token()
    modified, record_id, rows, read = "2000-01-01 00:00:00", "0", 0, 0
    started, used = time.perf_counter(), time.process_time()
    while read < pages:
        answer = requests.post(
            f"{simulator.base_url}/services/rest/query/v1/suiteql",
            params={"limit": 1000, "offset": 0},
            headers={"Prefer": "transient", "Authorization": f"Bearer {token}"},
            data=json.dumps({"q": query, "params": [modified, modified, record_id]}),
            timeout=60,
        )
        answer.raise_for_status()
        items = answer.json()["items"]
        read += 1
        rows += len(items)
        if len(items) < 1000:
            break
        modified, record_id = items[-1]["modified"], items[-1]["id"]
    return read, rows, time.perf_counter() - started, time.process_time() - used


def main() -> int:
    """Build the books, page through them, print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, default=100_000)
    parser.add_argument("--pages", type=int, default=50)
    options = parser.parse_args()
    started = time.perf_counter()
    with running_simulator("scale", size=options.size) as simulator:
        print(f"books of {options.size} transactions: {time.perf_counter() - started:.1f} s")
        for name, text in QUERIES.items():
            pages, rows, seconds, used = page_all(
                simulator, text.format(model=MODEL), options.pages
            )
            print(
                f"{name}: {pages} pages, {rows} rows, {pages / seconds:.1f} pages/s, "
                f"{pages / used:.1f} per second of processor time"
            )
    return 0


if __name__ == "__main__":
    sys.exit(main())
