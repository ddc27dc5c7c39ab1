"""What nobody can say about payments that a client writes: each choice (docs/NETSUITE.md 9.5)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from netsuite_simulator.ledger.periods import CLOSED, OUTSIDE
from netsuite_simulator.profiles import payment_accounts
from netsuite_simulator.testing import RunningSimulator
from netsuite_simulator.tests.front.conftest import Books
from netsuite_simulator.tests.front.paying import ROOT, Paying, line, lines, refusal

FIXED = "Adding new line to sublist apply is not allowed."
OVER_DUE = "The amount applied cannot exceed the amount due on the transaction."
BELOW = "The total of the amounts applied cannot exceed the amount of the transaction."
ENTER = "Please enter value(s) for: {}."


@pytest.fixture
def paying(simulator: RunningSimulator, books: Books) -> Iterator[Paying]:
    paying = Paying(simulator, books)
    yield paying
    paying.check_books()


# === Applying === #


def test_post_may_save_unapplied_and_a_patch_repairs_it(paying: Paying) -> None:
    paying.simulator.switches(payment_apply_on_post="unapplied")
    invoice, credit = paying.invoice(100), paying.credit_memo(40)
    body = {"apply": lines(line(invoice, 100)), "credit": lines(line(credit, 40))}
    payment = paying.paid(**body)
    before = paying.get(payment)
    paying.patch(payment, **body)

    assert (before["payment"], before["applied"], before["unapplied"]) == (60, 0, 60)
    assert [paying.open(each) for each in (invoice, credit, payment)] == [0, 0, 0]


def test_post_may_refuse_apply_lines_and_a_patch_takes_them(paying: Paying) -> None:
    paying.simulator.switches(payment_apply_on_post="refused")
    invoice = paying.invoice(100)
    refused = paying.put("K-static", payment=100, apply=lines(line(invoice, 100)))
    payment = paying.paid(payment=100)
    paying.patch(payment, apply=lines(line(invoice, 100)))

    assert "static sublist" in refusal(refused)[2]
    assert paying.count() == 1
    assert paying.open(invoice) == 0


def unlisted(paying: Paying, why: str) -> int:
    """Make an invoice that a payment of the customer does not list."""
    if why == "paid":
        invoice = paying.invoice(50)
        paying.paid(payment=50, apply=lines(line(invoice, 50)))
    elif why == "customer":
        invoice = Paying(paying.simulator, paying.books).invoice(50)
    elif why == "currency":
        euro = paying.row("SELECT id FROM currency WHERE symbol = 'EUR'")["id"]
        invoice = paying.invoice(50, currency={"id": euro})
    elif why == "account":
        invoice = paying.invoice(50, account={"id": paying.account("1110")})
    elif why == "voided":
        invoice = paying.invoice(50)
        paying.simulator.act("void", id=invoice)
    else:
        body = {"entity": {"id": paying.customer}, "subsidiary": {"id": 2}}
        paying.simulator.act("create", type="customerSubsidiaryRelationship", body=body)
        invoice = paying.invoice(50, subsidiary={"id": 2})
    return invoice


@pytest.mark.parametrize("choice", ["fixed_list", "invalid_value", "ignored"])
@pytest.mark.parametrize("why", ["paid", "customer", "currency", "account", "subsidiary", "voided"])
def test_line_of_what_is_not_on_the_list(paying: Paying, why: str, choice: str) -> None:
    paying.simulator.switches(apply_unknown_doc=choice)
    first, other = paying.invoice(100), unlisted(paying, why)
    before, count = paying.open(other), paying.count()
    body = {"payment": 90, "apply": lines(line(first, 60), line(other, 30))}
    posted = paying.post(**body)
    payment = paying.paid(payment=30)
    patched = paying.patch(payment, apply=lines(line(other, 30)))

    assert paying.open(other) == before
    if choice == "ignored":
        assert (posted.status_code, patched.status_code) == (204, 204)
        assert paying.open(first) == 40
        return
    code = "USER_ERROR" if choice == "fixed_list" else "INVALID_CONTENT"
    assert [refusal(each)[:2] for each in (posted, patched)] == [(400, code)] * 2
    assert (choice == "fixed_list") == (refusal(posted)[2] == FIXED)
    assert paying.count() == count + 1
    assert paying.open(first) == 100


def test_document_that_is_nowhere_is_an_invalid_value_always(paying: Paying) -> None:
    paying.simulator.switches(apply_unknown_doc="ignored")
    answer = paying.post(payment=10, apply=lines(line(999999, 10)))

    assert refusal(answer)[:2] == (400, "INVALID_CONTENT")


@pytest.mark.parametrize("choice", ["refused", "cut"])
def test_more_than_is_due(paying: Paying, choice: str) -> None:
    paying.simulator.switches(apply_over_due=choice)
    invoice = paying.invoice(100)
    answer = paying.post(payment=150, apply=lines(line(invoice, 120)))
    if choice == "refused":
        assert refusal(answer) == (400, "USER_ERROR", OVER_DUE)
        assert paying.open(invoice) == 100
        return
    payment = int(answer.headers["Location"].rpartition("/")[2])
    again = paying.patch(payment, apply=lines(line(invoice, 130)))

    assert again.status_code == 204
    assert (paying.open(invoice), paying.open(payment)) == (0, 50)


@pytest.mark.parametrize("choice", ["refused", "raised"])
def test_more_than_the_payment_has(paying: Paying, choice: str) -> None:
    paying.simulator.switches(apply_over_payment=choice)
    first, second = paying.invoice(100), paying.invoice(50)
    answer = paying.post(payment=100, apply=lines(line(first, 100), line(second, 20)))
    payment = paying.paid(payment=10, apply=lines(line(second, 10)))
    more = paying.patch(payment, apply=lines(line(second, 25)))

    if choice == "refused":
        assert [refusal(each)[2] for each in (answer, more)] == [BELOW] * 2
        assert (paying.open(first), paying.open(second)) == (100, 40)
        return
    made = int(answer.headers["Location"].rpartition("/")[2])
    assert [paying.get(each)["payment"] for each in (made, payment)] == [120, 25]
    assert (paying.open(first), paying.open(second)) == (0, 5)


def test_raised_payment_counts_credits_and_what_was_refunded(paying: Paying) -> None:
    paying.simulator.switches(apply_over_payment="raised")
    invoice, credit = paying.invoice(100), paying.credit_memo(40)
    payment = paying.paid(payment=50)
    body = {"apply": {"items": [{"doc": {"id": payment}, "amount": 20}]}}
    paying.simulator.act(
        "transform", type="customerPayment", id=payment, target="customerRefund", body=body
    )
    paying.patch(payment, apply=lines(line(invoice, 100)), credit=lines(line(credit)))

    assert paying.get(payment)["payment"] == 80
    assert [paying.open(each) for each in (invoice, credit, payment)] == [0, 0, 0]


@pytest.mark.parametrize("choice", ["whole", "zero", "refused"])
def test_line_without_an_amount(paying: Paying, choice: str) -> None:
    paying.simulator.switches(apply_without_amount=choice)
    first, second = paying.invoice(100), paying.invoice(50)
    answer = paying.post(payment=120, apply=lines(line(first), line(second)))

    if choice == "refused":
        assert refusal(answer)[2] == ENTER.format("Amount")
    expected = {"whole": (0, 30), "zero": (100, 50), "refused": (100, 50)}[choice]
    assert (paying.open(first), paying.open(second)) == expected


def test_line_without_an_amount_leaves_what_is_applied(paying: Paying) -> None:
    invoice = paying.invoice(100)
    payment = paying.paid(payment=60, apply=lines(line(invoice, 60)))
    for choice in ("whole", "zero", "refused"):
        paying.simulator.switches(apply_without_amount=choice)
        assert paying.patch(payment, apply=lines(line(invoice))).status_code == 204
        assert paying.open(invoice) == 40


def test_payment_applies_itself_as_the_one_before(paying: Paying) -> None:
    paying.simulator.switches(auto_apply_default="last_used")
    invoices = [paying.invoice(10) for _each in range(4)]

    def pay(**body: Any) -> None:
        answer = paying.call(
            "POST", "/customerPayment", {"customer": {"id": paying.customer}, "payment": 10, **body}
        )
        assert answer.status_code == 204, answer.text

    pay(autoApply=True)
    pay()
    pay(autoApply=False)
    pay()
    first = [paying.open(each) for each in invoices]
    paying.simulator.act(
        "create", type="customerPayment",
        body={"customer": {"id": paying.customer}, "payment": 10, "autoApply": True},
    )  # fmt: skip
    pay()

    assert first == [0, 0, 10, 10]
    assert [paying.open(each) for each in invoices] == [0, 0, 0, 0]


def test_payment_does_not_apply_itself_where_the_box_is_off(paying: Paying) -> None:
    paying.simulator.switches(auto_apply_default=False)
    invoice = paying.invoice(10)
    body = {"customer": {"id": paying.customer}, "payment": 10}

    assert paying.call("POST", "/customerPayment", body).status_code == 204
    assert paying.open(invoice) == 10


# === Fields === #


@pytest.mark.parametrize(
    ("choice", "taken"),
    [("enum", [True, False, False]), ("boolean", [True, True, False]), ("text", [True] * 3)],
)
def test_forms_of_undeposited_funds(paying: Paying, choice: str, taken: list[bool]) -> None:
    paying.simulator.switches(undep_funds_form=choice)
    answers = [paying.post(payment=5, undepFunds=value) for value in ({"id": "T"}, True, "T")]

    assert [answer.status_code == 204 for answer in answers] == taken
    for answer in answers:
        if answer.status_code == 204:
            payment = int(answer.headers["Location"].rpartition("/")[2])
            assert paying.get(payment)["undepFunds"]["id"] == "T"
        else:
            assert refusal(answer)[:2] == (400, "INVALID_CONTENT")


@pytest.mark.parametrize(
    ("choice", "number"), [("customer", "1100"), ("form", "1110"), ("form_payable", "2000")]
)
def test_account_of_receivables_that_is_left_out(
    simulator: RunningSimulator, books: Books, choice: str, number: str
) -> None:
    # Not with the fixture: on payables nobody owes, and that is what goes wrong in such accounts.
    paying = Paying(simulator, books)
    simulator.switches(ar_account_default=choice)
    invoice = paying.invoice(100)
    wrong = paying.paid(payment=100)
    patched = paying.patch(wrong, apply=lines(line(invoice, 60)))
    shown = paying.get(wrong)["arAcct"]["id"]
    moved = paying.patch(wrong, arAcct={"id": paying.account("1100")})
    again = paying.patch(wrong, apply=lines(line(invoice, 60)))

    assert shown == str(paying.account(number))
    assert (patched.status_code == 204) == (choice == "customer")
    assert (moved.status_code, again.status_code) == (204, 204)
    assert paying.open(invoice) == 40
    paying.check_books()


@pytest.mark.parametrize(
    ("choice", "option", "other"),
    [("option", "stored", "unknown"), ("method_too", "stored", "stored"),
     ("neither", "dropped", "unknown")],
)  # fmt: skip
def test_names_of_the_payment_method(paying: Paying, choice: str, option: str, other: str) -> None:
    paying.simulator.switches(payment_method_field=choice)
    wanted = paying.row("SELECT id FROM paymentmethod WHERE name = 'ACH'")["id"]
    for name, expected in (("paymentOption", option), ("paymentMethod", other)):
        answer = paying.post(payment=5, **{name: {"id": wanted}})
        if expected == "unknown":
            assert f"Unknown property name: {name}" in refusal(answer)[2]
            continue
        payment = int(answer.headers["Location"].rpartition("/")[2])
        stored = paying.row(
            f"SELECT MAX(paymentmethod) AS m, MAX(paymentoption) AS o FROM transaction"
            f" WHERE id = {payment}"
        )
        body = paying.get(payment)
        names = {"paymentMethod", "paymentOption"} & set(body)
        assert ("m" in stored, "o" in stored) == ((expected == "stored"),) * 2
        shown = {"option": {"paymentOption"}, "method_too": {"paymentMethod", "paymentOption"}}
        assert names == shown.get(choice, set())
    accept = {"Accept": "application/schema+json"}
    catalog = paying.simulator.call(
        "GET", f"{ROOT}/metadata-catalog/customerPayment", headers=accept
    ).json()["properties"]
    assert "paymentOption" in catalog
    assert ("paymentMethod" in catalog) == (choice == "method_too")


def test_wrong_payment_method_is_refused_by_its_name(paying: Paying) -> None:
    answer = paying.post(payment=5, paymentOption={"id": 99})

    assert refusal(answer)[:2] == (400, "INVALID_CONTENT")
    assert refusal(answer)[2].endswith("99 for the following field: paymentOption")


def test_form_wants_a_method_and_classifications(paying: Paying) -> None:
    old = paying.paid(payment=5)
    paying.simulator.switches(
        payment_method_required=True, classification_required=["department", "class", "location"]
    )
    answer, changed = paying.post(payment=5), paying.patch(old, memo="x")
    whole = {
        "paymentOption": {"id": paying.row("SELECT MAX(id) AS id FROM paymentmethod")["id"]},
        "department": {"id": 1}, "class": {"id": 1}, "location": {"id": 2},
    }  # fmt: skip
    payment = paying.paid(payment=5, **whole)
    people = {"customer": {"id": paying.customer}, "payment": 5}
    paying.simulator.act("create", type="customerPayment", body=people)

    text = ENTER.format("Payment Method, Department, Class, Location")
    assert [refusal(each)[2] for each in (answer, changed)] == [text] * 2
    assert paying.get(payment)["location"]["id"] == "2"
    assert paying.patch(old, **whole).status_code == 204
    with pytest.raises(ValueError, match="there is no colour"):
        paying.simulator.switches(classification_required=["colour"])


@pytest.mark.parametrize("choice", ["invalid_value", "own_text", "accepted"])
def test_inactive_customer_and_account(paying: Paying, choice: str) -> None:
    paying.simulator.switches(inactive_customer=choice, inactive_account=choice)
    body = {"acctNumber": f"19{choice}", "acctName": f"Old {choice}", "acctType": {"id": "Bank"},
            "subsidiary": "1, 2, 3"}  # fmt: skip
    account = paying.simulator.act("create", type="account", body=body)["id"]
    act = paying.simulator.act
    act("set_inactive", type="account", id=account)
    straight = {"undepFunds": {"id": "F"}, "account": {"id": account}}
    by_account = paying.post(payment=5, **straight)
    people = {"customer": {"id": paying.customer}, "payment": 5, **straight}
    act("create", type="customerPayment", body=people)
    act("set_inactive", type="customer", id=paying.customer)
    by_customer = paying.post(payment=5)
    act("set_inactive", type="customer", id=paying.customer, inactive=False)

    if choice == "accepted":
        assert [by_account.status_code, by_customer.status_code] == [204, 204]
        return
    code = "INVALID_CONTENT" if choice == "invalid_value" else "USER_ERROR"
    assert [refusal(each)[:2] for each in (by_account, by_customer)] == [(400, code)] * 2
    assert ("is inactive" in refusal(by_account)[2]) == (choice == "own_text")


def test_account_and_customer_of_other_companies(paying: Paying) -> None:
    body = {"acctNumber": "1030", "acctName": "Hull Bank", "acctType": {"id": "Bank"},
            "subsidiary": "2"}  # fmt: skip
    account = paying.simulator.act("create", type="account", body=body)["id"]
    euro = paying.row("SELECT id FROM currency WHERE symbol = 'EUR'")["id"]
    kept_in_euro = paying.simulator.act(
        "create", type="account",
        body=body | {"acctNumber": "1031", "subsidiary": "1", "currency": {"id": euro}},
    )["id"]  # fmt: skip
    paying.simulator.act(
        "create", type="customerSubsidiaryRelationship",
        body={"entity": {"id": paying.customer}, "subsidiary": {"id": 2}},
    )  # fmt: skip
    undep = {"id": "F"}
    answers = [
        paying.post(payment=5, undepFunds=undep, account={"id": account}),
        paying.post(payment=5, undepFunds=undep, account={"id": kept_in_euro}),
        paying.post(payment=5, undepFunds=undep, account={"id": paying.account("1100")}),
        paying.post(payment=5, subsidiary={"id": 3}),
        paying.post(payment=5, undepFunds=undep, account={"id": account}, subsidiary={"id": 2}),
    ]

    assert refusal(answers[0]) == (
        400, "USER_ERROR",
        "The Hull Bank account cannot be used with the Northwind Lantern Inc. subsidiary.",
    )  # fmt: skip
    assert [refusal(each)[1] for each in answers[1:4]] == ["INVALID_CONTENT"] * 3
    assert refusal(answers[3])[2].endswith("3 for the following field: subsidiary")
    assert answers[4].status_code == 204


# === Periods === #


@pytest.fixture
def closed(paying: Paying) -> Iterator[str]:
    """Close a past month and the one after it, and open both again."""
    for day in ("2026-02-10", "2026-03-10"):
        paying.simulator.act("close_period", date=day)
    yield "2026-02-10"
    for day in ("2026-02-10", "2026-03-10"):
        paying.simulator.act("open_period", date=day)


def period(paying: Paying, name: str) -> dict[str, str]:
    return {"id": paying.row(f"SELECT id FROM accountingperiod WHERE periodname = '{name}'")["id"]}


@pytest.mark.parametrize("choice", ["refused", "first_open", "current"])
def test_date_in_a_closed_period(paying: Paying, closed: str, choice: str) -> None:
    paying.simulator.switches(closed_period=choice)
    invoice = paying.invoice(100, tranDate="2026-04-01")
    answer = paying.post(payment=100, tranDate=closed, apply=lines(line(invoice, 60)))
    if choice == "refused":
        assert refusal(answer)[2] == CLOSED
        assert paying.count() == 0
        return
    payment = int(answer.headers["Location"].rpartition("/")[2])
    body = paying.get(payment)
    today = paying.simulator.account.clock.today().strftime("%b %Y")
    # Its own period is open, so it can be changed and deleted.
    changed = paying.patch(payment, apply=lines(line(invoice, 100)), memo="x")
    gone = paying.call("DELETE", f"/customerPayment/{payment}")

    assert body["tranDate"] == closed
    assert body["postingPeriod"]["refName"] == {"first_open": "Apr 2026", "current": today}[choice]
    assert (changed.status_code, gone.status_code) == (204, 204)
    assert paying.open(invoice) == 100


def test_people_are_refused_a_closed_period(paying: Paying, closed: str) -> None:
    paying.simulator.switches(closed_period="first_open")
    body = {"customer": {"id": paying.customer}, "payment": 5, "tranDate": closed}
    with pytest.raises(ValueError, match="closed period"):
        paying.simulator.act("create", type="customerPayment", body=body)


@pytest.mark.parametrize("obeyed", [True, False])
def test_posting_period_of_the_body(paying: Paying, closed: str, obeyed: bool) -> None:
    paying.simulator.switches(closed_period="first_open", posting_period_obeyed=obeyed)
    may, february = period(paying, "May 2026"), period(paying, "Feb 2026")
    payment = paying.paid(payment=5, tranDate=closed, postingPeriod=may)
    into_closed = paying.post(payment=5, tranDate="2026-04-02", postingPeriod=february)
    shown = paying.get(payment)["postingPeriod"]["refName"]
    moved = paying.patch(payment, postingPeriod=period(paying, "Jun 2026"))
    paying.simulator.switches(closed_period="refused")
    outside = paying.post(payment=5, tranDate="2026-04-02", postingPeriod=may)

    assert moved.status_code == 204
    assert shown == ("May 2026" if obeyed else "Apr 2026")
    assert paying.get(payment)["postingPeriod"]["refName"] == ("Jun 2026" if obeyed else "Apr 2026")
    if obeyed:
        assert refusal(into_closed)[2] == CLOSED
        assert refusal(outside)[2] == OUTSIDE
    else:
        assert (into_closed.status_code, outside.status_code) == (204, 204)


@pytest.mark.parametrize("choice", ["refused", "non_gl", "allowed"])
def test_applying_a_payment_of_a_closed_period(paying: Paying, choice: str) -> None:
    paying.simulator.switches(closed_period_apply=choice)
    invoice = paying.invoice(100)
    payment = paying.paid(payment=100, tranDate="2026-01-15")
    paying.simulator.act("close_period", date="2026-01-15")
    january = period(paying, "Jan 2026")["id"]
    try:
        answers = [paying.patch(payment, apply=lines(line(invoice, 60)))]
        body = {"allowNonGLChanges": True}
        paying.simulator.act("edit", type="accountingPeriod", id=january, body=body)
        answers.append(paying.patch(payment, apply=lines(line(invoice, 70))))
        amount = paying.call("PATCH", f"/customerPayment/{payment}", {"payment": 90})
        memo = paying.patch(payment, memo="x")
    finally:
        paying.simulator.act("open_period", date="2026-01-15")
        body = {"allowNonGLChanges": False}
        paying.simulator.act("edit", type="accountingPeriod", id=january, body=body)

    expected = {"refused": [400, 400], "non_gl": [400, 204], "allowed": [204, 204]}[choice]
    assert [answer.status_code for answer in answers] == expected
    # The amount is of the ledger always, the memo never.
    assert (amount.status_code, memo.status_code) == (400, 204)
    assert paying.open(invoice) == (100 if choice == "refused" else 30)


def test_payment_of_nothing_uses_a_payment_of_a_closed_period(paying: Paying) -> None:
    invoice = paying.invoice(100)
    old = paying.paid(payment=40, tranDate="2026-01-15")
    paying.simulator.act("close_period", date="2026-01-15")
    try:
        answer = paying.post(payment=0, apply=lines(line(invoice, 40)), credit=lines(line(old, 40)))
    finally:
        paying.simulator.act("open_period", date="2026-01-15")

    assert answer.status_code == 204
    assert (paying.open(invoice), paying.open(old)) == (60, 0)


# === Parents, scripts, deposits === #


@pytest.mark.parametrize("choice", ["off", "on", "top_level_only"])
def test_parents_and_their_sub_customers(paying: Paying, books: Books, choice: str) -> None:
    paying.simulator.switches(consolidated_payments=choice)
    child = Paying(paying.simulator, books)
    child.customer = books.customer(parent={"id": paying.customer})
    childs, own = child.invoice(100), paying.invoice(50)
    by_parent = paying.post(payment=150, apply=lines(line(own, 50), line(childs, 60)))
    by_child = child.post(payment=40, apply=lines(line(childs, 40)))
    sibling = paying.paid(payment=5)
    listed = {each["doc"]["id"]: each for each in paying.get(sibling)["apply"]["items"]}

    assert (by_parent.status_code == 204) == (choice != "off")
    assert (by_child.status_code == 204) == (choice != "top_level_only")
    for answer in (by_parent, by_child):
        if answer.status_code != 204:
            assert refusal(answer)[2] == FIXED
    left = {"off": 60, "on": 0, "top_level_only": 40}[choice]
    assert child.open(childs) == left
    if choice == "top_level_only":
        assert listed[str(childs)]["jobName"] == listed[str(childs)]["job"]
        applied = paying.get(int(by_parent.headers["Location"].rpartition("/")[2]))["apply"]
        assert [("jobName" in each) for each in applied["items"][:2]] == [False, True]
    elif choice == "off":
        assert str(childs) not in listed


@pytest.mark.parametrize("hook", ["none", "reapplies"])
@pytest.mark.parametrize("by", ["client", "people"])
def test_script_applies_what_a_client_took_off(paying: Paying, hook: str, by: str) -> None:
    invoice = paying.invoice(100)
    payment = paying.paid(payment=100, apply=lines(line(invoice, 100)))
    paying.simulator.switches(invoice_saved_hook=hook)
    paying.patch(payment, apply=lines({"doc": {"id": invoice}, "apply": False}))
    between = paying.open(invoice)
    if by == "client":
        paying.call("PATCH", f"/invoice/{invoice}", {"memo": "x"})
    else:
        paying.simulator.act("edit", type="invoice", id=invoice, body={"memo": "x"})
    after = paying.open(invoice)
    later = paying.invoice(30)

    assert between == 100
    assert after == (0 if hook == "reapplies" else 100)
    assert paying.open(later) == 30
    paying.paid(payment=10)
    assert paying.open(paying.invoice(30)) == (20 if hook == "reapplies" else 30)


@pytest.mark.parametrize("choice", ["allowed", "refused"])
def test_unapplying_a_deposited_payment(paying: Paying, choice: str) -> None:
    paying.simulator.switches(deposited_payment_unapply=choice)
    invoice = paying.invoice(100)
    payment = paying.paid(payment=100, apply=lines(line(invoice, 50)))
    body = {"payment": {"items": [{"id": payment}]}}
    paying.simulator.act("create", type="deposit", body=body)
    answers = [
        # More of it may be applied in any case.
        paying.patch(payment, apply=lines(line(invoice, 80))),
        paying.patch(payment, apply=lines(line(invoice, 60))),
        paying.patch(payment, apply=None),
    ]

    expected = [204, 204, 204] if choice == "allowed" else [204, 400, 400]
    assert [answer.status_code for answer in answers] == expected
    assert paying.open(invoice) == (100 if choice == "allowed" else 20)
    paying.simulator.act("unapply", payer=payment)
    assert paying.open(invoice) == 100


@pytest.mark.parametrize("choice", ["refused", "allowed"])
@pytest.mark.parametrize("alone", [True, False])
def test_deleting_a_deposited_payment(paying: Paying, choice: str, alone: bool) -> None:
    paying.simulator.switches(deposited_payment_delete=choice)
    payment, other = paying.paid(payment=100), paying.paid(payment=30)
    chosen = [payment] if alone else [payment, other]
    body = {"payment": {"items": [{"id": each} for each in chosen]}}
    deposit = paying.simulator.act("create", type="deposit", body=body)["id"]
    answer = paying.call("DELETE", f"/customerPayment/{payment}")
    left = paying.simulator.call("GET", f"{ROOT}/deposit/{deposit}")

    assert answer.status_code == (204 if choice == "allowed" else 400)
    if choice == "allowed" and alone:
        assert left.status_code == 404
    else:
        total = 30 if choice == "allowed" else 100 if alone else 130
        assert left.json()["total"] == total
    if choice == "refused":
        with pytest.raises(ValueError, match="linked"):
            paying.simulator.act("delete", id=payment)


@pytest.mark.parametrize("moves", [True, False])
def test_unapplying_moves_the_invoices_date_or_not(paying: Paying, moves: bool) -> None:
    invoice = paying.invoice(100)
    payment = paying.paid(payment=100, apply=lines(line(invoice, 100)))
    paying.simulator.switches(payment_unapply_moves_invoice_date=moves)
    before = paying.moment(invoice), paying.moment(payment)
    paying.simulator.clock(advance=5)
    paying.patch(payment, apply=lines({"doc": {"id": invoice}, "apply": False}))

    assert (paying.moment(invoice) > before[0]) == moves
    assert paying.moment(payment) > before[1]


# === All of them, in pairs === #


@pytest.mark.parametrize("account", payment_accounts(), ids=lambda each: None)
def test_client_that_looks_pays_exactly_in_every_account(
    paying: Paying, account: dict[str, Any]
) -> None:
    """Pay 60 of an invoice with money and 40 with a credit, in whatever way the account takes."""
    paying.simulator.switches(**account)
    invoice, credit = paying.invoice(100), paying.credit_memo(40)
    body: dict[str, Any] = {
        "payment": 60, "externalId": "K-pair", "undepFunds": {"id": "T"},
        "arAcct": {"id": paying.account("1100")}, "department": {"id": 1}, "class": {"id": 1},
        "location": {"id": 1},
        "paymentOption": {"id": paying.row("SELECT MAX(id) AS id FROM paymentmethod")["id"]},
    }  # fmt: skip
    sublists = {"apply": lines(line(invoice, 60))}
    answer = paying.put("K-pair", **body, **sublists)
    if answer.status_code != 204:
        assert "static sublist" in refusal(answer)[2]
        assert paying.count() == 0
        answer = paying.put("K-pair", **body)
    payment = int(answer.headers["Location"].rpartition("/")[2])
    if paying.get(payment)["unapplied"]:
        assert paying.patch(payment, **sublists).status_code == 204
    tie = {"payment": 0, "apply": lines(line(invoice, 40)), "credit": lines(line(credit, 40))}
    tied = paying.post(**{**body, **tie, "externalId": "K-tie"})
    if (
        account["payment_apply_on_post"] != "refused"
        and account["payment_zero_answer"] != "refused"
    ):
        assert tied.status_code == 204, tied.text
        assert [paying.open(each) for each in (invoice, credit)] == [0, 0]

    assert paying.open(payment) == 0
    assert paying.count() == 1
    assert paying.call("DELETE", f"/customerPayment/{payment}").status_code == 204
