from typing import Any

import pytest

from tools.comparison import agrees, table, tables


def summary(**changes: int) -> dict[str, Any]:
    row = {
        "record_type": "invoice",
        "label": "Invoices",
        "in_netsuite": 1002,
        "in_odoo": 1002,
        "left_out": 0,
        "waiting": 0,
        "failed": 0,
        "differences": 0,
    }
    return {
        "rows": [{**row, **changes}],
        "totals": {"seconds": 12.34, "api_calls": 321, "differences": 0},
        "open": {"USD": {"netsuite": "10.50", "odoo": "10.50"}},
    }


def test_agrees_when_every_count_is_equal_and_nothing_is_left() -> None:
    assert agrees(summary())


def test_agrees_when_what_is_missing_is_left_out() -> None:
    assert agrees(summary(in_odoo=1000, left_out=2))


def test_agrees_is_refused_while_payments_wait_for_the_bank() -> None:
    assert agrees(summary() | {"outstanding": {"USD": "0.00"}})
    assert not agrees(summary() | {"outstanding": {"USD": "0.00", "EUR": "12.00"}})


@pytest.mark.parametrize(
    "field", ["in_netsuite", "in_odoo", "left_out", "waiting", "failed", "differences"]
)
def test_agrees_is_refused_by_each_single_count(field: str) -> None:
    assert not agrees(summary(**{field: 1}))


def test_agrees_is_refused_by_a_difference_or_an_open_amount_alone() -> None:
    differing, owing = summary(), summary()
    differing["totals"]["differences"] = 1
    owing["open"]["USD"]["odoo"] = "10.49"

    assert not agrees(differing)
    assert not agrees(owing)


def test_agrees_is_refused_when_nothing_was_compared() -> None:
    empty = {**summary(), "rows": [], "open": {}}

    assert not agrees(empty)
    assert not agrees(summary(in_netsuite=0, in_odoo=0))


def test_table_shows_counts_calls_seconds_and_verdict() -> None:
    lines = table(summary()).splitlines()

    assert lines[2].split() == ["Invoices", "1,002", "1,002", "0", "0", "0", "0"]
    assert "open in USD: 10.50 in NetSuite, 10.50 in Odoo" in lines
    assert "12.3 s, 321 API calls, 0 differences" in lines
    assert lines[-1] == "Odoo agrees with NetSuite to the cent."
    assert table(summary(failed=1)).endswith("Odoo does not agree yet.")


def test_tables_of_accounts_stand_below_their_names() -> None:
    text = tables({"Acme": summary(), "Northfield": summary(failed=1)})

    first, second = text.split("\n\nNorthfield\n\n")
    assert first == f"Acme\n\n{table(summary())}"
    assert second == table(summary(failed=1))
