from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kolleno_netsuite.client import dto
from kolleno_netsuite.client.catalogue import explain, fill

ROW = {
    "id": "309",
    "memo": "",
    "total": "-1234.50",
    "rate": ".5",
    "voided": "F",
    "trandate": "2026-02-28",
    "lastmodified": "2026-01-31 10:00:01",
}


def test_values_are_read_by_their_kind():
    assert dto.integer(ROW, "id") == 309
    assert dto.text(ROW, "memo") == ""
    assert dto.decimal(ROW, "total") == Decimal("-1234.50")
    assert dto.decimal(ROW, "rate") == Decimal("0.5")
    assert dto.boolean(ROW, "voided") is False
    assert dto.date(ROW, "trandate") == dt.date(2026, 2, 28)
    assert dto.datetime_text(ROW, "lastmodified") == "2026-01-31 10:00:01"


@pytest.mark.parametrize(
    ("reader", "value"),
    [
        (dto.integer, "1.5"),
        (dto.integer, "x"),
        (dto.decimal, "1,234.50"),
        (dto.decimal, "NaN"),
        (dto.boolean, "true"),
        (dto.date, "8/31/2026"),
        (dto.date, "2026-02-30"),
        (dto.datetime_text, "2026-01-31"),
        (dto.datetime_text, "2026-01-31 25:00:00"),
    ],
)
def test_value_of_another_kind_names_record_and_column(reader, value):
    with pytest.raises(dto.ShapeError) as caught:
        reader({"id": "7", "col": value}, "col", record="invoice INV-7")

    sentence = fill(explain(caught.value).title, caught.value.params)
    assert "invoice INV-7" in sentence
    assert "col" in sentence
    assert caught.value.kind.value == "data"


def test_null_is_an_error_unless_there_is_a_default():
    assert dto.integer({"id": "7"}, "terms", None) is None
    assert dto.decimal({"id": "7", "rate": ""}, "rate", Decimal(1)) == 1
    with pytest.raises(dto.ShapeError, match="id 7"):
        dto.integer({"id": "7"}, "terms")
    with pytest.raises(dto.ShapeError, match="without id"):
        dto.text({}, "memo")


@given(st.decimals(allow_nan=False, allow_infinity=False))
def test_decimal_keeps_every_digit(number):
    assert dto.decimal({"n": str(number)}, "n") == number
