from __future__ import annotations

from decimal import Decimal

import pytest

from netsuite_simulator.errors import BookError

from .bench import Bench

D = Decimal


def balances(bench: Bench) -> dict[int, tuple[str, str]]:
    return {row["customer_id"]: (row["open"], row["open_base"]) for row in bench.ledger.balances()}


def links(bench: Bench, journal: int) -> list[tuple[int, int, int, int, Decimal]]:
    return [
        (*row[:4], D(row[4]) / 10**8)
        for row in bench.rows(
            "SELECT previousdoc, previousline, nextdoc, nextline, foreignamount"
            " FROM nexttransactionlinelink WHERE (previousdoc = ?1 OR nextdoc = ?1)"
            " AND linktype = 'Payment' ORDER BY previousdoc, previousline, nextdoc, nextline",
            journal,
        )
    ]


def test_journal_moves_the_balance_of_each_customer_it_names(bench: Bench) -> None:
    first, second = bench.customer(), bench.customer()

    journal = bench.journal(
        bench.entry("1100", 30, first), bench.entry("1100", -20, second), bench.entry("4000", -10)
    )

    row = bench.row("transaction", journal)
    assert (row["entity"], row["type"], row["recordtype"], row["status"]) == (
        None,
        "Journal",
        "journalentry",
        "B",
    )
    assert D(row["foreigntotal"]) / 10**8 == 30
    assert balances(bench) == {first: ("30.00", "30.00"), second: ("-20.00", "-20.00")}
    listed = [
        (item["line"], item["customer_id"], item["side"], item["open"])
        for item in bench.ledger.documents()
    ]
    assert listed == [(0, first, "debit", "30.00"), (1, second, "credit", "20.00")]
    assert bench.ledger.read("customer", second)["balance"] == -20
    bench.check()


def test_lines_outside_receivables_and_of_vendors_are_no_open_items(bench: Bench) -> None:
    vendor = bench.ledger.create("vendor", {"entityId": "Wick Supplies"})

    bank = bench.journal(bench.entry("1000", 30), bench.entry("4000", -30))
    other = bench.journal(
        bench.entry("1100", 30, vendor), bench.entry("1100", -12), bench.entry("4000", -18)
    )

    assert bench.ledger.documents() == []
    assert bench.ledger.balances() == []
    assert [bench.open_line(item, 0) for item in (bank, other)] == [None, None]
    assert bench.ledger.read("journalEntry", other)["line"][0]["entity"].type == "vendor"
    with pytest.raises(BookError, match="dependent records"):
        bench.ledger.delete("vendor", vendor)
    bench.check()


def test_payment_settles_a_debit_line_by_its_number(bench: Bench) -> None:
    customer = bench.customer()
    journal = bench.journal(
        bench.entry("1100", 30, customer),
        bench.entry("1100", 50, customer),
        bench.entry("4000", -80),
    )
    payment = bench.payment(customer, 45)
    line = {"doc": {"id": str(journal)}, "amount": 45}

    with pytest.raises(BookError, match="Line"):
        bench.ledger.update("customerPayment", payment, {"apply": {"items": [line]}})
    numbered = {"apply": {"items": [{**line, "line": 1}]}}
    bench.ledger.update("customerPayment", payment, numbered)

    assert links(bench, journal) == [(journal, 1, payment, 1, D(45))]
    assert [bench.open_line(journal, number) for number in (0, 1)] == [30, 5]
    applied = bench.ledger.read("customerPayment", payment)["apply"][0]
    assert (applied["doc"].id, applied["line"], applied["amount"]) == (journal, 1, 45)
    bench.check()


def test_automatic_application_takes_debit_lines_too(bench: Bench) -> None:
    customer = bench.customer()
    journal = bench.journal(
        bench.entry("1100", 30, customer), bench.entry("4000", -30), tranDate="2026-03-01"
    )
    invoice = bench.invoice(customer, 30)

    bench.payment(customer, 40, autoApply=True)

    assert (bench.open_line(journal, 0), bench.open(invoice)) == (D(0), D(20))
    bench.check()


def test_credit_line_settles_an_invoice_with_the_exchange_difference_inside(bench: Bench) -> None:
    customer = bench.customer()
    invoice = bench.invoice(customer, 100, currency="EUR", exchangeRate="1.2")
    journal = bench.journal(
        bench.entry("6300", 100),
        bench.entry("1100", -100, customer),
        currency="EUR",
        exchangeRate="1.1",
    )

    bench.act("apply", {"payer": journal, "payer_line": 1, "doc": invoice, "amount": 60})
    bench.act("apply", {"payer": journal, "doc": invoice, "amount": 20})

    assert bench.lines(journal) == [
        ("6300", 0, D(100), D(110)),
        ("1100", 1, D(-100), D(-118)),
        ("7500", 2, D(0), D(8)),
    ]
    assert links(bench, journal) == [(invoice, 0, journal, 1, D(80))]
    assert (bench.open(invoice), bench.open_line(journal, 1)) == (D(20), D(20))
    bench.check()
    bench.act("apply", {"payer": journal, "doc": invoice})
    assert balances(bench) == {customer: ("0.00", "0.00")}
    bench.act("unapply", {"payer": journal, "payer_line": 1, "doc": invoice, "amount": 70})
    assert (bench.open(invoice), bench.open_line(journal, 1)) == (D(70), D(70))
    bench.check()
    bench.act("unapply", {"payer": journal, "payer_line": 1})
    assert (bench.open(invoice), bench.open_line(journal, 1)) == (D(100), D(100))
    bench.check()


def test_credit_line_settles_a_debit_line_of_another_journal_only(bench: Bench) -> None:
    customer = bench.customer()
    debit = bench.journal(bench.entry("1100", 30, customer), bench.entry("3200", -30))
    both = bench.journal(
        bench.entry("1100", 10, customer),
        bench.entry("1100", -25, customer),
        bench.entry("6300", 15),
    )

    with pytest.raises(BookError, match="Invalid Field Value"):
        bench.act("apply", {"payer": both, "payer_line": 1, "doc": both, "doc_line": 0})
    bench.act("apply", {"payer": both, "payer_line": 1, "doc": debit})

    assert links(bench, both) == [(debit, 0, both, 1, D(25))]
    assert [bench.open_line(debit, 0), bench.open_line(both, 1)] == [5, 0]
    bench.check()


def test_credit_line_pays_only_its_own_customer_currency_and_account(bench: Bench) -> None:
    customer, stranger = bench.customer(), bench.customer()
    journal = bench.journal(bench.entry("6300", 30), bench.entry("1100", -30, customer))
    wrong = [
        bench.invoice(stranger, 10),
        bench.invoice(customer, 10, currency="EUR"),
        bench.invoice(customer, 10, account={"id": str(bench.setup.accounts["1110"])}),
        bench.credit(customer, 10),
    ]

    for document in wrong:
        with pytest.raises(BookError, match=f"Invalid Field Value {document} "):
            bench.act("apply", {"payer": journal, "doc": document})
    own = bench.invoice(customer, 10)
    with pytest.raises(BookError, match="Invalid Field Value 0 "):
        bench.act("apply", {"payer": journal, "payer_line": 0, "doc": own})
    bench.check()


def test_refund_pays_out_a_credit_line(bench: Bench) -> None:
    customer = bench.customer()
    journal = bench.journal(bench.entry("6300", 30), bench.entry("1100", -30, customer))

    refund = bench.refund(customer, {journal: 20})

    assert links(bench, journal) == [(journal, 1, refund, 1, D(20))]
    assert bench.open_line(journal, 1) == 10
    for act in ("void", "delete"):
        with pytest.raises(BookError, match="linked to by one or more"):
            bench.act(act, {"id": journal})
    bench.check()


def test_pending_journal_counts_when_it_is_approved(bench: Bench) -> None:
    customer = bench.customer()
    invoice = bench.invoice(customer, 50)
    journal = bench.journal(
        bench.entry("6300", 30), bench.entry("1100", -30, customer), approved=False
    )
    row = bench.row("transaction", journal)
    assert (row["status"], row["approvalstatus"], row["posting"]) == ("A", "1", "F")
    assert balances(bench) == {customer: ("50.00", "50.00")}
    with pytest.raises(BookError):
        bench.act("apply", {"payer": journal, "payer_line": 1, "doc": invoice})
    bench.check()
    bench.ledger.clock.advance(5)

    bench.act("approve", {"id": journal})

    row = bench.row("transaction", journal)
    assert (row["status"], row["approvalstatus"], row["posting"]) == ("B", "2", "T")
    assert row["lastmodifieddate"] == "2026-03-18 17:30:05"
    assert balances(bench) == {customer: ("20.00", "20.00")}
    bench.act("apply", {"payer": journal, "doc": invoice})
    with pytest.raises(BookError):
        bench.ledger.update("journalEntry", journal, {"approved": False})
    bench.check()


def test_lines_are_edited_added_removed_and_moved_to_another_customer(bench: Bench) -> None:
    first, second = bench.customer(), bench.customer()
    journal = bench.journal(
        bench.entry("1100", 30, first), bench.entry("1100", 20, first), bench.entry("4000", -50)
    )

    bench.ledger.update(
        "journalEntry",
        journal,
        {
            "line": {
                "items": [
                    {"line": 1, "debit": 25, "entity": {"id": second}},
                    {"line": 2, "credit": 60},
                    bench.entry("1100", 5, second),
                ]
            }
        },
    )
    assert balances(bench) == {first: ("30.00", "30.00"), second: ("30.00", "30.00")}
    bench.check()
    bench.ledger.update(
        "journalEntry",
        journal,
        {"line": {"items": [{"line": 1}, {"line": 2, "credit": 30}, {"line": 3}]}},
        ["line"],
    )

    shown = bench.ledger.read("journalEntry", journal)["line"]
    assert [line["line"] for line in shown] == [1, 2, 3]
    assert balances(bench) == {second: ("30.00", "30.00")}
    mainlines = bench.rows(
        'SELECT id, mainline FROM transactionline WHERE "transaction" = ? ORDER BY id', journal
    )
    assert mainlines == [(1, "T"), (2, "F"), (3, "F")]
    bench.check()


def test_applied_line_keeps_its_customer_and_what_is_applied(bench: Bench) -> None:
    customer, other = bench.customer(), bench.customer()
    journal = bench.journal(bench.entry("1100", 30, customer), bench.entry("4000", -30))
    payment = bench.payment(customer, 20, {journal: 20})

    refusals = (
        ({"line": {"items": [{"line": 0, "entity": {"id": other}}]}}, ()),
        ({"line": {"items": [{"line": 0, "debit": 19}, {"line": 1, "credit": 19}]}}, ()),
        ({"line": {"items": [bench.entry("1000", 5), bench.entry("4000", -5)]}}, ("line",)),
    )
    for body, replace in refusals:
        with pytest.raises(BookError):
            bench.ledger.update("journalEntry", journal, body, replace)
        bench.check()
    bench.ledger.update(
        "journalEntry",
        journal,
        {"line": {"items": [{"line": 0, "debit": 21}, {"line": 1, "credit": 21}]}},
    )
    with pytest.raises(BookError, match="linked to by one or more"):
        bench.ledger.delete("journalEntry", journal)

    assert (bench.open_line(journal, 0), bench.open(payment)) == (D(1), D(0))
    bench.check()


def test_lines_must_balance(bench: Bench) -> None:
    with pytest.raises(BookError, match="in balance"):
        bench.journal(bench.entry("1000", 30), bench.entry("4000", -29))
    both = {**bench.entry("1000", 30), "credit": 1}
    with pytest.raises(BookError, match="debit or a credit"):
        bench.journal(both, bench.entry("4000", -29))
    assert bench.ledger.ids("journalEntry") == []


def test_rounding_of_foreign_lines_is_a_line_of_its_own(bench: Bench) -> None:
    customer = bench.customer()

    journal = bench.journal(
        bench.entry("1100", "0.10", customer),
        bench.entry("4000", "-0.05"),
        bench.entry("4010", "-0.05"),
        currency="EUR",
        exchangeRate="1.1",
    )

    assert bench.lines(journal) == [
        ("1100", 0, D("0.1"), D("0.11")),
        ("4000", 1, D("-0.05"), D("-0.06")),
        ("4010", 2, D("-0.05"), D("-0.06")),
        ("7500", 3, D(0), D("0.01")),
    ]
    bench.check()


def test_void_takes_the_lines_out_of_receivables(bench: Bench) -> None:
    customer = bench.customer()
    invoice = bench.invoice(customer, 50)
    journal = bench.journal(bench.entry("6300", 30), bench.entry("1100", -30, customer))
    bench.act("apply", {"payer": journal, "doc": invoice})
    debit = bench.journal(bench.entry("1100", 10, customer), bench.entry("4000", -10))
    payment = bench.payment(customer, 10, {debit: 10})

    bench.act("void", {"id": journal})
    bench.act("void", {"id": debit})

    assert [bench.row("transaction", item)["status"] for item in (journal, debit)] == ["V", "V"]
    assert [bench.open(item) for item in (invoice, payment)] == [50, 10]
    assert [bench.open_line(journal, 1), bench.open_line(debit, 0)] == [0, 0]
    bench.check()


def test_reversal_is_a_journal_of_its_own(bench: Bench) -> None:
    customer = bench.customer()
    journal = bench.journal(
        bench.entry("1100", 30, customer), bench.entry("4000", -30), tranDate="2026-02-27"
    )

    reversal = bench.act("reverse", {"id": journal, "date": "2026-03-01"})["id"]

    rows = [bench.row("transaction", item) for item in (journal, reversal)]
    assert [(row["isreversal"], row["reversal"], row["trandate"]) for row in rows] == [
        ("F", reversal, "2026-02-27"),
        ("T", journal, "2026-03-01"),
    ]
    assert balances(bench) == {customer: ("0.00", "0.00")}
    assert [bench.open_line(journal, 0), bench.open_line(reversal, 0)] == [30, 30]
    with pytest.raises(BookError, match="reversed already"):
        bench.act("reverse", {"id": journal, "date": "2026-03-01"})
    bench.act("apply", {"payer": reversal, "payer_line": 0, "doc": journal})
    assert [bench.open_line(journal, 0), bench.open_line(reversal, 0)] == [0, 0]
    bench.check()
    bench.ledger.delete("journalEntry", reversal)
    assert bench.row("transaction", journal)["reversal"] is None
    bench.check()


def test_intercompany_journal_posts_in_each_subsidiary(bench: Bench) -> None:
    american, british = bench.customer(), bench.customer(1)
    home, abroad = (str(number) for number in bench.setup.subsidiaries[:2])
    lines = [
        bench.entry("1100", -100, american),
        bench.entry("1500", 100),
        bench.entry("1500", -100, lineSubsidiary={"id": abroad}),
        bench.entry("1100", 100, british, lineSubsidiary={"id": abroad}),
    ]
    with pytest.raises(BookError, match="Invalid Field Value"):
        bench.journal(*lines)

    journal = bench.journal(*lines, kind="advInterCompanyJournalEntry")

    rate = bench.rows(
        'SELECT exchangerate FROM transactionaccountingline WHERE "transaction" = ?'
        " ORDER BY transactionline",
        journal,
    )
    pounds = D(rate[3][0]) / 10**8 * 100
    found = {
        (row["customer_id"], row["subsidiary_id"]): (row["open"], row["open_base"])
        for row in bench.ledger.balances()
    }
    assert found == {
        (american, int(home)): ("-100.00", "-100.00"),
        (british, int(abroad)): ("100.00", str(pounds.quantize(D("0.01")))),
    }
    assert bench.row("transaction", journal)["recordtype"] == "advintercompanyjournalentry"
    with pytest.raises(BookError) as gone:
        bench.ledger.read("journalEntry", journal)
    assert gone.value.status == 404
    shown = bench.ledger.read("advInterCompanyJournalEntry", journal)["line"][3]
    assert shown["lineSubsidiary"].id == int(abroad)
    bench.check()
    bench.act("delete", {"id": journal})
    assert bench.rows("SELECT type FROM _deletedrecord") == [("advintercompanyjournalentry",)]


def test_closed_period_refuses_a_journals_changes(bench: Bench) -> None:
    customer = bench.customer()
    invoice = bench.invoice(customer, 50)
    journal = bench.journal(
        bench.entry("6300", 30), bench.entry("1100", -30, customer), tranDate="2026-02-10"
    )
    pending = bench.journal(
        bench.entry("6300", 30),
        bench.entry("1100", -30, customer),
        tranDate="2026-02-10",
        approved=False,
    )
    bench.act("close_period", {"name": "Feb 2026"})

    for act, params in (
        ("apply", {"payer": journal, "doc": invoice}),
        ("void", {"id": journal}),
        ("delete", {"id": journal}),
        ("approve", {"id": pending}),
    ):
        with pytest.raises(BookError, match="closed period"):
            bench.act(act, params)
    bench.check()


def test_merge_moves_lines_of_journals(bench: Bench) -> None:
    source, target, other = bench.customer(), bench.customer(), bench.customer()
    journal = bench.journal(bench.entry("1100", 30, source), bench.entry("1100", -30, other))
    bench.ledger.clock.advance(5)

    bench.act("merge", {"source": source, "target": target})

    assert balances(bench) == {target: ("30.00", "30.00"), other: ("-30.00", "-30.00")}
    assert bench.row("transaction", journal)["lastmodifieddate"] == "2026-03-18 17:30:05"
    bench.check()
    with pytest.raises(BookError, match="dependent records"):
        bench.ledger.delete("customer", other)


def test_switch_takes_the_main_line_away(bench: Bench) -> None:
    lines = (bench.entry("1000", 5), bench.entry("4000", -5))
    before = bench.journal(*lines)

    bench.ledger.change_switches({"journal_mainline": "none"})
    after = bench.journal(*lines)

    marks = 'SELECT mainline FROM transactionline WHERE "transaction" = ? ORDER BY id'
    assert bench.rows(marks, before) == bench.rows(marks, after) == [("F",), ("F",)]
    bench.ledger.change_switches({"journal_mainline": "first"})
    assert bench.rows(marks, after) == [("T",), ("F",)]
