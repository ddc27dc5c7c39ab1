"""What NetSuite refuses, in its words (docs/NETSUITE.md 2.2 and 4.1)."""

from __future__ import annotations

import pytest

from netsuite_simulator.testing import RunningSimulator

PREFIX = "Invalid search query. Detailed unprocessed description follows. "
UNSUPPORTED = "Search error occurred: Invalid or unsupported search."


def unknown(name: str, available: str) -> str:
    return (
        f"Search error occurred: Unknown identifier '{name}'. "
        f"Available identifiers are: {{{available}}}."
    )


def refused(simulator: RunningSimulator, query: str, **options: object) -> dict[str, str]:
    answer = simulator.suiteql(query, **options)  # type: ignore[arg-type]
    assert answer.status_code == 400, answer.text
    body = answer.json()
    assert body["type"] == "https://www.rfc-editor.org/rfc/rfc9110.html#section-15.5.1"
    detail: dict[str, str] = body["o:errorDetails"][0]
    return detail


@pytest.mark.parametrize(
    ("query", "description"),
    [
        (
            "SELECT subsidiary FROM transaction",
            unknown("subsidiary", "transaction=transaction"),
        ),
        (
            "SELECT t.nosuch FROM transaction t JOIN customer c ON c.id = t.entity",
            unknown("nosuch", "t=transaction, c=customer"),
        ),
        (
            "SELECT x.id FROM customer c",
            unknown("x", "c=customer"),
        ),
        ("SELECT id FROM Email", "Invalid search type: Email."),
        ("SELECT id FROM customer WHERE id IN ('abc')", UNSUPPORTED),
        ("SELECT id FROM customer WHERE id IN (1.5)", UNSUPPORTED),
        ("SELECT id FROM transaction WHERE trandate > DATE '2026-01-01'", UNSUPPORTED),
        ("SELECT t.id FROM transaction t, customer c JOIN currency x ON x.id = c.currency",
         UNSUPPORTED),
        ("SELECT type, id FROM transaction GROUP BY type", UNSUPPORTED),
        ("SELECT REGEXP_COUNT(tranid, 'x') FROM transaction", UNSUPPORTED),
        ("SELECT BUILTIN.NOSUCH(tranid) FROM transaction", UNSUPPORTED),
        ("SELECT SUBSTR(tranid) FROM transaction", UNSUPPORTED),
        ("SELECT id FROM transaction WHERE lastmodifieddate > 'garbage'", UNSUPPORTED),
    ],
)  # fmt: skip
def test_query_refused_with_wording(
    simulator: RunningSimulator, query: str, description: str
) -> None:
    detail = refused(simulator, query)

    assert detail["detail"] == PREFIX + description
    assert detail["o:errorCode"] == "INVALID_PARAMETER"
    assert detail["o:errorQueryParam"] == "q"


@pytest.mark.parametrize(
    ("query", "token"),
    [
        ("SELECT id FROM customer LIMIT 5", "LIMIT(1,25, token code:0)"),
        ("WITH c AS (SELECT id FROM customer) SELECT id FROM c", "WITH(1,1, token code:0)"),
        ("DELETE FROM customer", "DELETE(1,1, token code:0)"),
        ("SELECT id FROM customer WHERE", None),
    ],
)
def test_syntax_error_names_the_token(
    simulator: RunningSimulator, query: str, token: str | None
) -> None:
    detail = refused(simulator, query)["detail"]

    assert detail.startswith(f"{PREFIX}Search error occurred: Failed to parse SQL [{query}]")
    assert token is None or token in detail


def test_list_of_more_than_a_thousand_is_refused(simulator: RunningSimulator) -> None:
    query = "SELECT id FROM currency WHERE id IN ({})"
    thousand = ", ".join(map(str, range(1, 1001)))

    assert simulator.suiteql(query.format(thousand)).ok
    detail = refused(simulator, query.format(f"{thousand}, 1001"))["detail"]
    assert detail == PREFIX + UNSUPPORTED


def test_subsidiary_is_not_found_without_one_world(simulator: RunningSimulator) -> None:
    simulator.switches(one_world=False)
    try:
        detail = refused(simulator, "SELECT id FROM subsidiary")["detail"]
    finally:
        simulator.switches(one_world=True)

    assert detail == f"{PREFIX}Search error occurred: Record 'subsidiary' was not found."


def test_with_works_where_the_account_allows_it(simulator: RunningSimulator) -> None:
    simulator.switches(allow_with=True)
    query = "WITH c AS (SELECT id, symbol FROM currency) SELECT symbol FROM c WHERE id = 1"

    assert simulator.suiteql(query).json()["items"] == [{"links": [], "symbol": "USD"}]


def test_fetch_first_is_refused_where_the_account_does_not_know_it(
    simulator: RunningSimulator,
) -> None:
    simulator.switches(allow_fetch_first=False)

    detail = refused(simulator, "SELECT id FROM currency FETCH FIRST 1 ROWS ONLY")["detail"]

    assert "near: FETCH(" in detail


def test_request_without_prefer_transient_is_refused(simulator: RunningSimulator) -> None:
    answer = simulator.call("POST", "/query/v1/suiteql", json={"q": "SELECT id FROM currency"})

    detail = answer.json()["o:errorDetails"][0]
    assert (answer.status_code, detail["o:errorHeader"]) == (400, "Prefer")


@pytest.mark.parametrize(
    ("limit", "offset", "parameter"),
    [(0, 0, "limit"), (1001, 0, "limit"), (10, 5, "offset"), (1000, 100_000, "offset")],
)
def test_page_bounds_are_checked(
    simulator: RunningSimulator, limit: int, offset: int, parameter: str
) -> None:
    detail = refused(simulator, "SELECT id FROM currency", limit=limit, offset=offset)

    assert detail["o:errorQueryParam"] == parameter


def test_missing_parameter_is_refused(simulator: RunningSimulator) -> None:
    assert UNSUPPORTED in refused(simulator, "SELECT id FROM currency WHERE id = ?")["detail"]
