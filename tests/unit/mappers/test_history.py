import datetime as dt

from kolleno_netsuite.mappers.queries.history import linked_with, older_linked, reached
from kolleno_netsuite.mappers.queries.record_sources import RECORD_SOURCES

START = dt.date(2026, 1, 1)
SOURCES = [RECORD_SOURCES["invoice"], RECORD_SOURCES["customerpayment"]]
INVOICE, PAYMENT = "CustInvc", "CustPymt"


class Account:
    """Answers the queries of links from a list of ``(paid, paying)`` and the documents' dates.

    :param documents: {id: (type code, day, open)}.
    """

    def __init__(self, documents, links):
        self.documents = documents
        self.links = links
        self.queries = []

    def rows(self, query):
        sql = query.sql()
        self.queries.append(sql)
        if "previoustransactionlinelink" not in sql:
            return [
                {"id": str(each)}
                for each, (code, day, is_open) in sorted(self.documents.items())
                if is_open and day < START and f"'{code}'" in sql
            ]
        paid_wanted = sql.startswith("SELECT p.id")
        found = {}
        for paid, paying in self.links:
            each, other = (paid, paying) if paid_wanted else (paying, paid)
            code, day, _open = self.documents[each]
            if day < START and self._fits(sql, other):
                found[each] = {"id": str(each), "type": code}
        return [found[each] for each in sorted(found)]

    def _fits(self, sql, other):
        if " IN (" in sql.rpartition("WHERE")[2].rpartition("trandate")[2]:
            listed = sql.rpartition("IN (")[2].partition(")")[0]
            return other in {int(each) for each in listed.split(",")}
        return self.documents[other][1] >= START


def account(links, *, still_open=()):
    days = {1: 2025, 2: 2025, 3: 2025, 4: 2025, 5: 2026}
    codes = {1: INVOICE, 2: PAYMENT, 3: INVOICE, 4: PAYMENT, 5: PAYMENT}
    documents = {
        each: (codes[each], dt.date(year, 6, 1), each in still_open) for each, year in days.items()
    }
    return Account(documents, links)


def test_links_across_the_start_name_the_older_end():
    assert older_linked(account([(1, 5), (3, 4)]), START) == {1: "invoice"}


def test_links_of_documents_name_their_older_other_ends():
    assert linked_with(account([(1, 2), (3, 4)]), [2, 3], START) == {
        1: "invoice",
        4: "customerpayment",
    }


def test_nothing_is_asked_for_no_documents():
    empty = account([(1, 2)])

    assert linked_with(empty, [], START) == {}
    assert empty.queries == []


def test_more_than_a_thousand_documents_are_asked_for_in_chunks():
    many = account([(1, 2)])

    linked_with(many, range(1, 2002), START)

    assert len(many.queries) == 6


def test_what_is_linked_is_followed_step_by_step():
    chain = account([(1, 5), (1, 2), (3, 2), (3, 4)])

    assert reached(chain, START, SOURCES) == {
        1: "invoice",
        2: "customerpayment",
        3: "invoice",
        4: "customerpayment",
    }


def test_open_documents_are_not_named_but_what_is_linked_with_them():
    pair = account([(1, 2)], still_open={2})

    assert reached(pair, START, SOURCES) == {1: "invoice"}


def test_closed_documents_among_themselves_are_not_reached():
    assert reached(account([(3, 4)]), START, SOURCES) == {}
