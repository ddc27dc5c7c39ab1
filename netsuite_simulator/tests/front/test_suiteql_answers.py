"""Values and functions of SuiteQL as NetSuite answers them (docs/NETSUITE.md 4.1 and 4.2)."""

from __future__ import annotations

from typing import Any

import pytest

from netsuite_simulator.testing import RunningSimulator
from netsuite_simulator.tests.front.conftest import Books

# The format model with fractions that amp-labs sends in production.
AMP_LABS_TIME = (
    "TO_CHAR(TO_TIMESTAMP('2026-01-31 10:00:00.000000000','YYYY-MM-DD HH24:MI:SSxFF'),"
    " 'YYYY-MM-DD\"T\"HH24:MI:SS')"
)


def rows(simulator: RunningSimulator, query: str, params: list[str] | None = None) -> Any:
    answer = simulator.suiteql(query, params)
    assert answer.status_code == 200, answer.text
    return [
        {key: value for key, value in item.items() if key != "links"}
        for item in answer.json()["items"]
    ]


def one(simulator: RunningSimulator, expression: str) -> str | None:
    (row,) = rows(simulator, f"SELECT {expression} AS Value FROM dual")
    value: str | None = row.get("value")
    return value


def test_values_are_texts_keys_lower_case_and_nulls_left_out(
    simulator: RunningSimulator, books: Books
) -> None:
    customer = books.customer(creditLimit=0.5)

    answer = simulator.suiteql(
        "SELECT c.id AS internalId, c.creditLimit, c.email, c.isinactive FROM customer c "
        "WHERE c.id = ?",
        [str(customer)],
    ).json()

    assert answer["items"] == [
        {"links": [], "internalid": str(customer), "creditlimit": ".5", "isinactive": "F"}
    ]


def test_leading_zero_comes_by_switch(simulator: RunningSimulator) -> None:
    simulator.switches(bare_decimal_point=False)

    assert one(simulator, "1/2") == "0.5"


def test_unnamed_expressions_are_numbered(simulator: RunningSimulator) -> None:
    (row,) = rows(
        simulator, "SELECT COUNT(*), symbol, MAX(id) FROM currency WHERE id = 1 GROUP BY symbol"
    )

    assert row == {"expr1": "1", "symbol": "USD", "expr2": "1"}


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("NVL(NULL, 'x')", "x"),
        ("NVL('', 'empty is null')", "empty is null"),
        ("COALESCE(NULL, NULL, 3)", "3"),
        ("NVL2(NULL, 'a', 'b')", "b"),
        ("DECODE(2, 1, 'one', 2, 'two', 'many')", "two"),
        ("DECODE(NULL, NULL, 'null equals null', 'no')", "null equals null"),
        ("CASE WHEN 1 > 2 THEN 'a' ELSE 'b' END", "b"),
        ("CASE 3 WHEN 3 THEN 'three' END", "three"),
        ("ABS(-12.5)", "12.5"),
        ("ROUND(2.345, 2)", "2.35"),
        ("ROUND(-2.345, 2)", "-2.35"),
        ("TRUNC(2.349, 2)", "2.34"),
        ("1/3", ".33333333"),
        ("0.1 + 0.2", ".3"),
        ("1000000 * 1.10", "1100000"),
        ("MOD(7, 4)", "3"),
        ("'a' || NULL || 'b'", "ab"),
        ("UPPER('mixed Case')", "MIXED CASE"),
        ("SUBSTR('abcdef', 2, 3)", "bcd"),
        ("INSTR('abc', 'c')", "3"),
        ("LENGTH('four')", "4"),
        ("REPLACE('a-b', '-', '+')", "a+b"),
        ("CONCAT('a', 'b')", "ab"),
        ("TRIM('  x ')", "x"),
        ("EXTRACT(MONTH FROM TO_DATE('2026-07-04', 'YYYY-MM-DD'))", "7"),
        ("NULLIF(1, 1)", None),
        ("GREATEST(1, 7, 3)", "7"),
        ("TO_CHAR(1234.5, 'FM9,999.00')", "1,234.50"),
        ("TO_CHAR(0.5)", ".5"),
        ("TO_NUMBER('12.50')", "12.5"),
        ("CAST(12.7 AS INTEGER)", "12"),
        ("TO_CHAR(TO_DATE('2026-02-03', 'YYYY-MM-DD'), 'DD-MON-YY')", "03-FEB-26"),
        ("TO_CHAR(TO_DATE('03/02/26 4:05 PM', 'DD/MM/RR HH:MI AM'), 'HH24:MI')", "16:05"),
        ("TO_CHAR(ADD_MONTHS(TO_DATE('2026-01-31','YYYY-MM-DD'), 1), 'YYYY-MM-DD')", "2026-02-28"),
        (AMP_LABS_TIME, "2026-01-31T10:00:00"),
        ("TO_CHAR(TO_DATE('2026-01-31','YYYY-MM-DD') - 1, 'FMMonth DD')", "January 30"),
    ],
)
def test_function_gives_oracles_value(
    simulator: RunningSimulator, expression: str, value: str | None
) -> None:
    assert one(simulator, expression) == value


def test_like_minds_case_and_wildcards(simulator: RunningSimulator) -> None:
    query = "SELECT symbol FROM currency WHERE symbol LIKE ? ORDER BY symbol"

    assert rows(simulator, query, ["US_"]) == [{"symbol": "USD"}]
    assert rows(simulator, query, ["us%"]) == []


def test_display_names_of_references_types_and_status(
    simulator: RunningSimulator, books: Books
) -> None:
    customer = books.customer(companyName="Brass Lamp GmbH")
    invoice = books.invoice(customer)
    query = (
        "SELECT BUILTIN.DF(t.entity) AS entity, BUILTIN.DF(t.currency) AS currency, "
        "BUILTIN.DF(t.type) AS type, BUILTIN.DF(t.status) AS status, BUILTIN.CF(t.status) AS cf, "
        f"t.status AS letter FROM transaction t WHERE t.id = {invoice}"
    )
    (row,) = rows(simulator, query)

    assert "Brass Lamp GmbH" in row.pop("entity")
    assert row == {
        "currency": "US Dollar", "type": "Invoice", "status": "Invoice : Open",
        "cf": "CustInvc:A", "letter": "A",
    }  # fmt: skip
    simulator.switches(status_display="name")
    assert rows(simulator, query)[0]["status"] == "Open"


def test_compound_status_never_matches(simulator: RunningSimulator, books: Books) -> None:
    invoice = books.invoice(books.customer())
    query = f"SELECT id FROM transaction WHERE id = {invoice} AND status = ?"

    assert rows(simulator, query, ["CustInvc:A"]) == []
    assert rows(simulator, query, ["A"]) == [{"id": str(invoice)}]


def test_aggregates_group_and_filter(simulator: RunningSimulator, books: Books) -> None:
    customer = books.customer()
    for amount in (10.10, 20.20, 30.30):
        books.invoice(customer, amount)

    result = rows(
        simulator,
        "SELECT entity, COUNT(*) AS n, SUM(foreigntotal) AS total, AVG(foreigntotal) AS mean, "
        "MIN(foreigntotal) AS low FROM transaction WHERE entity = ? GROUP BY entity "
        "HAVING COUNT(*) > 2",
        [str(customer)],
    )

    assert result == [
        {"entity": str(customer), "n": "3", "total": "60.6", "mean": "20.2", "low": "10.1"}
    ]


def test_main_line_is_positive_and_revenue_line_negative(
    simulator: RunningSimulator, books: Books
) -> None:
    invoice = books.invoice(books.customer(), 40)

    result = rows(
        simulator,
        "SELECT l.mainline, l.foreignamount FROM transactionline l, transaction t "
        f"WHERE l.transaction = t.id AND t.id = {invoice} ORDER BY l.id",
    )

    assert result == [
        {"mainline": "T", "foreignamount": "40"},
        {"mainline": "F", "foreignamount": "-40"},
    ]


def test_oracle_outer_join_keeps_rows_without_partner(
    simulator: RunningSimulator, books: Books
) -> None:
    customer = books.customer()

    result = rows(
        simulator,
        "SELECT c.id, t.id AS transaction FROM customer c, transaction t "
        f"WHERE c.id = t.entity(+) AND c.id = {customer}",
    )

    assert result == [{"id": str(customer)}]


def test_rownum_cuts_before_order_by_sorts(simulator: RunningSimulator) -> None:
    ordered = "SELECT id FROM currency ORDER BY id DESC"

    top = rows(simulator, f"SELECT id FROM ({ordered}) WHERE ROWNUM <= 2")
    cut_first = rows(simulator, "SELECT id FROM currency WHERE ROWNUM <= 2 ORDER BY id DESC")
    windowed = rows(
        simulator,
        f"SELECT id FROM (SELECT ROWNUM AS rn, x.id FROM ({ordered}) x) WHERE rn BETWEEN 2 AND 3",
    )

    assert top == [{"id": "5"}, {"id": "4"}]
    assert cut_first == [{"id": "2"}, {"id": "1"}]
    assert windowed == [{"id": "4"}, {"id": "3"}]


def test_fetch_first_and_top_are_honoured_and_offset_is_ignored(
    simulator: RunningSimulator,
) -> None:
    fetched = rows(simulator, "SELECT id FROM currency ORDER BY id FETCH FIRST 2 ROWS ONLY")
    with_offset = rows(
        simulator, "SELECT id FROM currency ORDER BY id OFFSET 2 ROWS FETCH NEXT 2 ROWS ONLY"
    )

    assert fetched == with_offset == [{"id": "1"}, {"id": "2"}]
    assert rows(simulator, "SELECT TOP 1 id FROM currency ORDER BY id") == [{"id": "1"}]


def test_set_operations_and_subqueries(simulator: RunningSimulator) -> None:
    union = "SELECT id FROM currency WHERE id = 1 UNION SELECT id FROM subsidiary WHERE id <= 2"
    exists = (
        "SELECT c.symbol FROM currency c WHERE EXISTS "
        "(SELECT 1 FROM subsidiary s WHERE s.currency = c.id) ORDER BY c.symbol"
    )

    assert rows(simulator, f"{union} ORDER BY id") == [{"id": "1"}, {"id": "2"}]
    assert rows(simulator, exists) == [{"symbol": "EUR"}, {"symbol": "GBP"}, {"symbol": "USD"}]


def test_window_function_numbers_rows(simulator: RunningSimulator) -> None:
    result = rows(
        simulator,
        "SELECT symbol, ROW_NUMBER() OVER (ORDER BY symbol DESC) AS rn FROM currency "
        "ORDER BY symbol",
    )

    assert [row["rn"] for row in result] == ["5", "4", "3", "2", "1"]


def test_text_column_compared_with_a_number_fails_on_other_texts(
    simulator: RunningSimulator,
) -> None:
    answer = simulator.suiteql("SELECT id FROM currency WHERE symbol = 5")

    assert answer.status_code == 400
