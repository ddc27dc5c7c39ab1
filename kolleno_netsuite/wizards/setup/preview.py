from odoo.tools import split_every

from ...client.errors import NetsuiteError
from ...client.suiteql import among, count, scalar
from ...const import CHARGE_TYPE, CUSTOM_TYPE, JOURNAL_TYPE, PAGE_SIZE, REFERENCE_TYPES
from ...exceptions import RecordBlocked
from ...mappers.account_types import CUSTOMER_DEPOSITS
from ...mappers.customer import read_customer
from ...mappers.queries.history import reached
from ...mappers.queries.open_amounts import read_open_amounts
from ...mappers.queries.preview import (
    customers_of,
    in_currencies,
    in_subsidiaries,
    inactive_customers,
    leads,
    not_posted_query,
    of_documents_of,
    on_accounts,
    taxed_up_to,
    up_to,
    uses_of_lines,
    uses_of_main_lines,
    uses_of_tax_codes,
    waiting_query,
)
from ...mappers.queries.preview_contacts import attached_contacts
from ...mappers.queries.record_sources import RECORD_SOURCES, Window, header_query
from ...mappers.text import enumerated
from ...models.booking.booking_context import BookingContext
from ...models.booking.netsuite_booking_customer import RECOGNISABLE

# Documents whose main line is the customer's balance.
BALANCE_TYPES = (
    *("invoice", CHARGE_TYPE, CUSTOM_TYPE, "creditmemo", "depositapplication"),
    JOURNAL_TYPE,
)
# Only a sale journal has a lock date of its own.
SALE_JOURNAL = dict.fromkeys(("invoice", CHARGE_TYPE, CUSTOM_TYPE, "creditmemo"), "sale")


class Preview:
    """What the streams of a connection would bring, asked by numbers.

    What documents lack is decided by the code that books them, once for each subsidiary, currency
    and account that NetSuite says they use.

    :param connection: the `netsuite.connection`, with the rights of the sync.
    :param client: the `NetsuiteClient` to ask with.
    """

    def __init__(self, connection, client):
        self.env = connection.env
        self.connection = connection
        self._client = client
        self._shape = connection._shape()
        self._context = BookingContext(connection, [])
        self._missing = {}
        self._documents = {}
        # {tax code whose documents Odoo's tax report will not have: how many they are}.
        self._taxes_outside = {}
        special = self.connection.mapping_ids.filtered(
            lambda mapping: mapping.ns_special == CUSTOMER_DEPOSITS
        )
        self._deposit_accounts = set(special.mapped("internal_id"))
        self._older = self._older_documents()
        self._silent = self._customers_excluded_with_documents()
        self._skipped = self._silent | self._customers_without_company()

    def lines(self):
        """Return the values of one preview line per record type that is read.

        :raise NetsuiteError: NetSuite cannot or will not count.
        """
        labels = self.env["netsuite.record"]._record_type_labels()
        lines = []
        for stream in self.connection.stream_ids.filtered("active"):
            if stream.record_type in REFERENCE_TYPES or not self._is_there(stream):
                continue
            counts = self._counts(stream)
            known = self._known(stream)
            if stream.record_type == "customer":
                known += self._recognised(stream)
            made = counts["total"] - counts["waiting"] - counts["left_out"]
            lines.append(
                {
                    **counts,
                    "name": labels[stream.record_type],
                    "record_type": stream.record_type,
                    "sequence": stream.sequence,
                    "known": known,
                    "to_create": max(made - known, 0),
                }
            )
        return lines

    def reasons(self):
        """Return the values of the reasons for which documents would wait, after `lines`."""
        return [
            {
                "kind": missing.kind,
                "key": missing.key,
                "name": missing.title,
                "advice": missing.advice,
                "documents": self._documents[key],
            }
            for key, missing in self._missing.items()
        ]

    def tax_text(self):
        """Return what Odoo's tax report will not have, after `lines`; False for nothing."""
        if not self._taxes_outside:
            return False
        largest = sorted(self._taxes_outside.items(), key=lambda item: (-item[1], item[0]))
        return self.env._(
            "Odoo's tax report will not have documents with these tax codes: %s. They are booked "
            "all the same, each tax to the cent on its account. To have their turnover and tax "
            "reported, map the tax code to an Odoo tax of the same rate.",
            enumerated(
                [
                    self.env._("%(code)s (documents: %(number)s)", code=name, number=number)
                    for name, number in largest
                ]
            ),
        )

    def _counts(self, stream):
        source = self._source(stream.record_type)
        if not source.dated:
            total = count(self._client.transport, header_query(source, Window()))
            skipped = len(self._skipped) if stream.record_type == "customer" else 0
            if stream.record_type == "contact":
                skipped = total - self._mirrored_contacts(stream)
            return {"total": total, "waiting": 0, "left_out": skipped}
        windows = self._windows(stream.record_type)
        if stream.record_type in SALE_JOURNAL:
            self._note_taxes(source, windows)
        conditions = self._obstacles(source, windows)
        counts = self._counts_of(source, windows, conditions)
        # A journal goes with its lines, not with a customer of its own.
        silent = () if source.customers_on_lines else sorted(self._silent)
        for chunk in split_every(PAGE_SIZE, silent):
            # Whatever else it lacks, a document goes with its customer.
            theirs = self._counts_of(source, windows, conditions, of_documents_of(source, chunk))
            counts["waiting"] -= theirs["waiting"]
            counts["left_out"] += theirs["total"] - theirs["left_out"]
        return counts

    def _counts_of(self, source, windows, conditions, *also):
        """Return how many documents there are, would wait and are skipped.

        :param also: conditions of the document that must all hold.
        """
        transport = self._client.transport
        return {
            "total": sum(
                count(transport, header_query(source, window).where(*also)) for window in windows
            ),
            "waiting": self._waiting(source, windows, conditions, *also, voided=False),
            # Nobody waits for the trace of a document that counts for nothing.
            "left_out": self._waiting(source, windows, conditions, *also, voided=True)
            + self._sum(not_posted_query(source, window, *also) for window in windows),
        }

    def _waiting(self, source, windows, conditions, *also, voided):
        if not conditions:
            return 0
        return self._sum(
            waiting_query(source, window, conditions, *also, voided=voided) for window in windows
        )

    def _sum(self, queries):
        return sum(int(scalar(self._client.transport, query) or 0) for query in queries)

    def _windows(self, record_type):
        """Return the windows that together hold what is read of a type of documents."""
        start = self.connection.history_start or None
        older = sorted(each for each, of_type in self._older.items() if of_type == record_type)
        return [Window(in_history=start, at_first=True)] + [
            Window(ids=tuple(older[first : first + PAGE_SIZE]), at_first=True)
            for first in range(0, len(older), PAGE_SIZE)
        ]

    def _older_documents(self):
        """Return the closed documents before the start that are read for the sake of others."""
        start = self.connection.history_start
        if not start:
            return {}
        types = self.connection._dated_streams().mapped("record_type")
        found = reached(self._client, start, [self._source(each) for each in types])
        return {each: record_type for each, record_type in found.items() if record_type in types}

    def _source(self, record_type):
        return self.connection._source(record_type)

    def _is_there(self, stream):
        return self._shape.has_source(RECORD_SOURCES[stream.record_type])

    # === WHO IS LEFT OUT === #

    def _customers_excluded_with_documents(self):
        """Return the customers who are excluded with all that belongs to them."""
        connection = self.connection
        found = set()
        if connection.import_inactive != "always":
            found |= inactive_customers(self._client)
        if found and connection.import_inactive == "open":
            amounts = read_open_amounts(
                self._client, shape=self._shape, rare=connection._rare_types()
            )
            found -= {amount.customer for amount in amounts}
        if not connection.import_leads:
            found |= self._leads()
        unmapped = self._unmapped_subsidiaries()
        found -= self._customers_in_odoo(found)
        if connection.primary_only and unmapped:
            found |= customers_of(self._client, unmapped, primary=True)
        return found | set(connection.exclusion_ids.mapped("internal_id"))

    def _leads(self):
        """Return the leads and prospects without transactions; none where that is not told."""
        stream = self.connection.stream_ids.filtered(lambda row: row.record_type == "customer")
        return self._without_unknown(
            stream, lambda out: set() if "searchstage" in out else leads(self._client)
        )

    def _customers_without_company(self):
        """Return the customers of whose subsidiaries none has a company in Odoo.

        Their documents wait for the company.
        """
        unmapped = self._unmapped_subsidiaries()
        if not unmapped:
            return set()
        found = customers_of(self._client, unmapped, primary=False)
        mapped = self.connection.subsidiary_ids.filtered("company_id").mapped("internal_id")
        found -= customers_of(self._client, mapped, primary=False)
        return found - self._customers_in_odoo(found)

    def _unmapped_subsidiaries(self):
        if self._shape.lacks("customersubsidiaryrelationship"):
            return []
        unmapped = self.connection.subsidiary_ids.filtered(lambda row: not row.company_id)
        return unmapped.mapped("internal_id")

    def _customers_in_odoo(self, internal_ids):
        """Return those of some customers that are mirrored: they stay whatever the rules say."""
        records = self.env["netsuite.record"].search_fetch(
            [
                ("connection_id", "=", self.connection.id),
                ("record_type", "=", "customer"),
                ("internal_id", "in", list(internal_ids)),
                ("res_id", "!=", False),
                ("left_out", "=", False),
            ],
            ["internal_id"],
        )
        return set(records.mapped("internal_id"))

    # === CONTACTS, AND WHO IS IN ODOO ALREADY === #

    def _mirrored_contacts(self, stream):
        """Return how many contacts become someone's in Odoo.

        Private ones do not, nor those of nobody but skipped customers; inactive ones only where
        the connection wants them, or where they are known.
        """
        attached = self._without_unknown(stream, lambda out: attached_contacts(self._client, out))
        known = set(self._booked(stream).mapped("internal_id"))
        inactive = self.connection.import_inactive_contacts
        return sum(
            not contact.private
            and bool(contact.customers - self._skipped)
            and (inactive or not contact.inactive or internal_id in known)
            for internal_id, contact in attached.items()
        )

    def _recognised(self, stream):
        """Return how many customers are linked with a partner that someone made before."""
        Partner = self.env["res.partner"].with_context(active_test=False)
        partners = Partner.search_fetch([("ref", "!=", False), *RECOGNISABLE], ["ref"])
        references = sorted(set(partners.mapped("ref")))
        booked = set(self._booked(stream).mapped("internal_id"))
        source = self._source(stream.record_type)
        found = 0
        for chunk in split_every(PAGE_SIZE, references):
            rows = self._without_unknown(
                stream,
                lambda out, chunk=chunk: list(
                    self._client.rows(
                        header_query(source, Window(), out).where(among("c.entityid", chunk))
                    )
                ),
            )
            customers = {int(row["id"]): read_customer({"row": row}) for row in rows}
            for internal_id in (booked | self._skipped) & set(customers):
                del customers[internal_id]
            found += len(self.env["netsuite.booking.customer"]._recognised(customers))
        return found

    def _without_unknown(self, stream, ask):
        """Return what `ask` finds without the columns that this account does not have.

        :param ask: function of the aliases of missing columns.
        """
        optional = RECORD_SOURCES[stream.record_type].optional
        missing = set(self.env["netsuite.fetch"]._missing_columns(self.connection, stream))
        while True:
            try:
                return ask(missing)
            except NetsuiteError as error:
                column = (error.params.get("column") or "").lower().rpartition(".")[2]
                if column not in optional or column in missing:
                    raise
                missing.add(column)

    # === WHAT DOCUMENTS LACK === #

    def _obstacles(self, source, windows):
        """Return the conditions of lines because of which a document would wait."""
        one_world = self._shape.one_world
        lacking = Lacking()
        for voided in (False, True):
            asked = {"shape": self._shape, "voided": voided}
            main_uses = uses_of_main_lines(self._client, source, windows, **asked)
            for use in main_uses:
                self._evaluate_main_line(source, use, lacking, voided)
            if source.customers_on_lines:
                continue
            uses = uses_of_lines(self._client, source, windows, **asked)
            if source.record_type == "customerdeposit":
                # What a deposit credits holds deposits, also where NetSuite does not say so.
                money = {use.account for use in main_uses}
                self._deposit_accounts |= {use.account for use in uses} - money
            for use in uses:
                self._evaluate_line(use, lacking, voided)
        return [*lacking.conditions(source, one_world), *self._locked(source, windows)]

    def _evaluate_main_line(self, source, use, lacking, voided):
        ledger, missing = self._ledger(use)
        if not ledger:
            lacking.subsidiaries.add(use.subsidiary)
        else:
            self._context.currency(use, ledger, missing)
            if missing:
                lacking.currencies.add(use.currency)
            if source.record_type in BALANCE_TYPES:
                unfit, unmapped = [], []
                ledger.receivable(use.account, unfit)
                ledger.account(use.account, unmapped)
                # One that is not mapped at all is found among the lines, where they are asked.
                if unfit and (source.customers_on_lines or not unmapped):
                    lacking.accounts.setdefault(use.subsidiary, set()).add(use.account)
                    missing += unfit
        self._note(missing, 0 if voided else use.documents)

    def _evaluate_line(self, use, lacking, voided):
        ledger, _missing = self._ledger(use)
        missing = []
        if ledger and use.account:
            ask = ledger.deposits if use.account in self._deposit_accounts else ledger.account
            ask(use.account, missing)
        if missing:
            lacking.accounts.setdefault(use.subsidiary, set()).add(use.account)
            self._note(missing, 0 if voided else use.documents)

    def _note_taxes(self, source, windows):
        """Note the tax codes that Odoo's tax report will not have, and their documents."""
        rows = self.connection.mapping_ids.filtered(lambda row: row.kind == "tax")
        mappings = {(row.company_id, row.internal_id): row for row in rows}
        for use in uses_of_tax_codes(self._client, source, windows, shape=self._shape):
            company = self.connection._company_of(use.subsidiary)
            mapping = mappings.get((company, use.tax_code))
            if company and (not mapping or mapping.tax_warning):
                name = mapping.name if mapping else self.env._("without a name")
                self._taxes_outside[name] = self._taxes_outside.get(name, 0) + use.documents

    def _locked(self, source, windows):
        """Return the conditions of documents in periods that are locked in Odoo."""
        conditions = []
        journal_type = SALE_JOURNAL.get(source.record_type, "general")
        rows = self.connection.subsidiary_ids.filtered("company_id")
        for company, subsidiaries in rows.grouped("company_id").items():
            ids = subsidiaries.mapped("internal_id")
            last = company._netsuite_last_lock(journal_type, has_tax=False)
            if last:
                conditions.append(up_to(source, last, ids))
                self._note_locked(source, windows, company, last, conditions[-1])
            taxed = company._netsuite_last_lock(journal_type)
            codes = self._mapped_taxes(company)
            if taxed and codes and taxed != last and source.record_type in SALE_JOURNAL:
                conditions.append(taxed_up_to(taxed, ids, codes))
                self._note_locked(source, windows, company, taxed, conditions[-1])
        return conditions

    def _mapped_taxes(self, company):
        """Return the tax codes that are booked as an Odoo tax in `company`."""
        mapped = self.connection.mapping_ids.filtered(
            lambda row: (
                row.kind == "tax"
                and row.company_id == company
                and row.state == "manual"
                and not row.tax_warning
            )
        )
        return mapped.mapped("internal_id")

    def _note_locked(self, source, windows, company, last, condition):
        waiting = self._waiting(source, windows, [condition], voided=False)
        self._note([self._context.ledger_of(company)._locked(last)], waiting)

    def _ledger(self, use):
        """Return the ledger of a subsidiary's company, or None and why there is none."""
        try:
            return self._context.ledger(use), []
        except RecordBlocked as blocked:
            return None, list(blocked.missing)

    def _note(self, missing, documents):
        for each in missing if documents else ():
            self._missing.setdefault(each.key, each)
            self._documents[each.key] = self._documents.get(each.key, 0) + documents

    def _known(self, stream):
        """Return how many records of a type are in Odoo already."""
        return self.env["netsuite.record"].search_count(self._booked_domain(stream))

    def _booked(self, stream):
        """Return the records of a type that are in Odoo already."""
        Record = self.env["netsuite.record"]
        return Record.search_fetch(self._booked_domain(stream), ["internal_id"])

    def _booked_domain(self, stream):
        return [
            ("connection_id", "=", self.connection.id),
            ("record_type", "=", stream.record_type),
            ("state", "=", "booked"),
        ]


class Lacking:
    """What documents of one type use and Odoo does not have: NetSuite's internal ids."""

    def __init__(self):
        self.subsidiaries = set()
        self.currencies = set()
        self.accounts = {}

    def conditions(self, source, one_world):
        """Return the conditions of lines that use any of it.

        :param source: the `mappers.queries.record_sources.RecordSource` of the documents.
        """
        return [
            *(
                [in_subsidiaries(source, self.subsidiaries)]
                if self.subsidiaries and one_world
                else []
            ),
            *([in_currencies(self.currencies)] if self.currencies else []),
            *on_accounts(source, self.accounts),
        ]
