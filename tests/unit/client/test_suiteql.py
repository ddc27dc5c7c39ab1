from __future__ import annotations

import datetime as dt
import sqlite3
from decimal import Decimal

import pytest
import sqlglot
from hypothesis import given
from hypothesis import strategies as st

from kolleno_netsuite.client.suiteql import (
    Condition,
    Query,
    QueryError,
    among,
    any_of,
    call,
    column,
    compare,
    day,
    display,
    equal,
    every,
    field_id_fault,
    literal,
    missing,
    moment,
    negate,
    present,
    same,
    to_date,
    trusted,
    within,
)

INVOICES = (
    Query("transaction", "t")
    .select("t.id", "t.tranid", lastmodified=moment("t.lastmodifieddate"))
    .where(equal("t.type", "CustInvc"))
)


@given(st.text(alphabet=st.characters(exclude_characters="\x00", exclude_categories=["Cs"])))
def test_quoted_text_comes_back_unchanged(text):
    connection = sqlite3.connect(":memory:")

    found = connection.execute(f"SELECT {literal(text).sql}").fetchone()[0]

    connection.close()
    assert found == text


@given(st.text(max_size=20))
def test_quoted_text_never_ends_the_literal(text):
    try:
        sql = INVOICES.where(equal("t.memo", text)).keyset("id").sql()
    except QueryError:
        assert "\x00" in text
        return
    tree = sqlglot.parse_one(sql, dialect="oracle")
    assert len(list(tree.find_all(sqlglot.exp.EQ))) == 2


@pytest.mark.parametrize(
    ("value", "sql"),
    [
        (7, "7"),
        (-7, "-7"),
        (True, "'T'"),
        (False, "'F'"),
        (Decimal("1E+3"), "1000"),
        (Decimal("-0.10"), "-0.10"),
        ("O'Neill", "'O''Neill'"),
        (dt.date(2026, 2, 28), "TO_DATE('2026-02-28', 'YYYY-MM-DD')"),
        (
            dt.datetime.fromisoformat("2026-01-31 10:00:05.000999"),
            "TO_DATE('2026-01-31 10:00:05', 'YYYY-MM-DD HH24:MI:SS')",
        ),
    ],
)
def test_literal_is_written_by_its_type(value, sql):
    assert literal(value).sql == sql


@pytest.mark.parametrize(
    "value",
    [
        1.5,
        None,
        Decimal("NaN"),
        Decimal("Infinity"),
        b"x",
        "a\x00b",
        dt.datetime(2026, 1, 1, tzinfo=dt.timezone.utc),
    ],
)
def test_literal_that_would_lose_or_break_something_is_refused(value):
    with pytest.raises(QueryError):
        literal(value)


@pytest.mark.parametrize(
    "text", ["", "t.id; DROP", "t.", ".id", "a.b.c", "t id", "t.id--", "1a", "t.ïd", "t.id\n"]
)
def test_identifier_with_anything_else_is_refused(text):
    with pytest.raises(QueryError):
        Query("transaction", "t").select(id=text)
    with pytest.raises(QueryError):
        Query(text, "t").select("t.id").sql()
    with pytest.raises(QueryError):
        same(text, "t.id")


@pytest.mark.parametrize("text", ["2026-01-01", "2026-01-01 00:00:00' OR 1=1", "now"])
def test_moment_that_is_none_is_refused(text):
    with pytest.raises(QueryError):
        to_date(text)


def test_list_is_split_at_a_thousand():
    sql = among("t.id", range(2001)).sql

    assert sql.count(" IN (") == 3
    assert sql.startswith("(t.id IN (0, 1, ")
    assert sql.endswith(") OR (t.id IN (2000))")
    assert among("t.id", []).sql == "1 = 0"
    assert among("t.type", ["CustInvc"]).sql == "t.type IN ('CustInvc')"


def test_query_is_written_out():
    query = (
        Query("transaction", "t")
        .select("t.id", lastmodified=moment("t.lastmodifieddate"), status_name=display("t.status"))
        .select(trandate=day("t.trandate"), line="tl.id")
        .join("transactionline", "tl", same("tl.transaction", "t.id"), many=True)
        .join("currency", "c", same("c.id", "t.currency"), left=True)
        .where(
            equal("t.type", "CustInvc"), within("t.lastmodifieddate", "2026-01-01 00:00:00", None)
        )
        .where(any_of(missing("t.memo"), negate(present("t.memo"))))
        .keyset("lastmodified", "id", "line")
    )

    assert query.sql() == (
        "SELECT t.id AS id, TO_CHAR(t.lastmodifieddate, 'YYYY-MM-DD HH24:MI:SS') AS lastmodified, "
        "BUILTIN.DF(t.status) AS status_name, TO_CHAR(t.trandate, 'YYYY-MM-DD') AS trandate, "
        "tl.id AS line FROM transaction t "
        "INNER JOIN transactionline tl ON tl.transaction = t.id "
        "LEFT JOIN currency c ON c.id = t.currency "
        "WHERE (t.type = 'CustInvc') AND "
        "(t.lastmodifieddate >= TO_DATE('2026-01-01 00:00:00', 'YYYY-MM-DD HH24:MI:SS')) AND "
        "((t.memo IS NULL) OR (NOT (t.memo IS NOT NULL))) "
        "ORDER BY TO_CHAR(t.lastmodifieddate, 'YYYY-MM-DD HH24:MI:SS'), t.id, tl.id"
    )


def test_next_page_starts_behind_the_last_key_at_second_precision():
    sql = INVOICES.keyset("lastmodified", "id").sql(after=("2026-03-01 00:00:07", 42))

    text = "TO_CHAR(t.lastmodifieddate, 'YYYY-MM-DD HH24:MI:SS')"
    assert f"({text} > '2026-03-01 00:00:07')" in sql
    assert f"(({text} = '2026-03-01 00:00:07') AND (t.id > 42))" in sql
    assert "t.lastmodifieddate >= TO_DATE('2026-02-28 00:00:07', 'YYYY-MM-DD HH24:MI:SS')" in sql


def test_query_is_never_changed_in_place():
    base = Query("transaction", "t").select("t.id")

    base.where(equal("t.type", "CustInvc")).keyset("id")

    assert base.sql() == "SELECT t.id AS id FROM transaction t"


@pytest.mark.parametrize("keys", [(), ("lastmodified",), ("nothing",), ("id", "id")])
def test_order_that_is_not_unique_is_refused(keys):
    with pytest.raises(QueryError):
        INVOICES.keyset(*keys)


def test_join_that_multiplies_rows_needs_another_id():
    lines = INVOICES.select(line="tl.id").join(
        "transactionline", "tl", same("tl.transaction", "t.id"), many=True
    )

    with pytest.raises(QueryError):
        lines.keyset("lastmodified", "id")
    assert lines.keyset("lastmodified", "id", "line").keys == ("lastmodified", "id", "line")


@pytest.mark.parametrize("alias", ["Id", "links", "id"])
def test_column_name_that_netsuite_would_change_is_refused(alias):
    with pytest.raises(QueryError):
        Query("transaction", "t").select("t.id").select(**{alias: "t.tranid"})


def test_key_of_another_length_is_refused():
    with pytest.raises(QueryError):
        INVOICES.keyset("lastmodified", "id").sql(after=("2026-03-01 00:00:07",))


@pytest.mark.parametrize(
    "make",
    [
        lambda: compare("t.id", "LIKE", "x"),
        lambda: call("EXEC", "t.id"),
        lambda: Query("transaction", "t").sql(),
    ],
)
def test_unknown_word_is_refused(make):
    with pytest.raises(QueryError):
        make()


def test_grouped_sums_and_written_sources():
    query = (
        Query(source="transaction t INNER JOIN currency c ON c.id = t.currency")
        .select(currency="c.id", open=call("SUM", "t.foreignamountunpaid"), n=call("COUNT"))
        .select(base=trusted("SUM(NVL(t.exchangerate, 1))"))
        .where(every(), Condition("t.posting = 'T'"))
        .group_by("c.id")
        .keyset("currency")
    )

    assert query.sql() == (
        "SELECT c.id AS currency, SUM(t.foreignamountunpaid) AS open, COUNT(*) AS n, "
        "SUM(NVL(t.exchangerate, 1)) AS base "
        "FROM transaction t INNER JOIN currency c ON c.id = t.currency "
        "WHERE (1 = 1) AND (t.posting = 'T') GROUP BY c.id ORDER BY c.id"
    )


@pytest.mark.parametrize(
    ("field_id", "fault"),
    [
        *((each, None) for each in ("custbody15", "otherRefNum", "email", "custbody_a_2")),
        *((each, "reserved") for each in ("links", "self", "select", "oRDER", "wheRe")),
        ("custbody" + "x" * 150, "length"),
        *((each, "characters") for each in ("custbodyé", "custbody x", "", "1st", "_x", "A")),
        *((each, "characters") for each in ("a.b", "a\n", "custbody٣", "a'--", "ſelf")),
    ],
)
def test_field_ids_are_those_that_a_query_can_name(field_id, fault):
    assert field_id_fault(field_id) == fault


@given(st.text(max_size=80))
def test_field_without_fault_can_be_asked_for(text):
    if field_id_fault(text) is None:
        columns = {text.lower(): f"t.{text}", f"{text.lower()}_moment": moment(f"t.{text}")}
        assert text in Query("transaction", "t").select(**columns).sql()


def test_column_may_be_named_like_an_argument_of_python():
    assert Query("t", "t").select(self="t.self").sql() == "SELECT t.self AS self FROM t t"


def test_query_of_more_columns_than_netsuite_answers_is_never_sent_as_one():
    wide = Query("customer", "c").select("c.id", **{f"c{n}": column("c.fax") for n in range(199)})

    slices = wide.keyset("id").slices()

    assert [len(each.columns) for each in slices] == [100, 100, 2]
    assert all(each.columns[0][0] == "id" for each in slices)
    shared = [alias for each in slices for alias, _value in each.columns[1:]]
    assert shared == [f"c{n}" for n in range(199)]
    assert len(Query("customer", "c").select("c.id").keyset("id").slices()) == 1
    with pytest.raises(QueryError, match="at most 100 columns"):
        wide.sql()
