"""NetSuite's bank deposits: which of them have which payments, and which journals they fill."""

import json

from odoo.tools import SQL

from ...const import BANK_DEPOSIT_TYPE, MONEY_TYPES
from ...mappers.account_types import BANK_TYPES

# The mappings of NetSuite's bank accounts, and of all for which none was chosen.
OF_BANKS = [
    ("state", "=", "manual"),
    *("|", "&", ("kind", "=", "account"), ("ns_type", "in", BANK_TYPES)),
    *("&", ("kind", "=", "account_type"), ("code", "in", BANK_TYPES)),
]
# Conditions of `netsuite_record`: what mirrors it counts in the books; and that of a deposit does.
IN_THE_BOOKS = SQL(
    """EXISTS (SELECT 1 FROM account_move entry
               WHERE entry.netsuite_record_id = netsuite_record.id AND entry.state = 'posted')"""
)
BOOKED = SQL("record_type = %s AND %s", BANK_DEPOSIT_TYPE, IN_THE_BOOKS)
# States of what was booked, also where a change of it waits or failed.
SETTLED = ("booked", "blocked", "failed")


class Deposits:
    """The bank deposits of one connection.

    :param connection: the `netsuite.connection`, in the environment to work in.
    """

    def __init__(self, connection):
        # sudo: netsuite.record, netsuite.mapping - the sync's; whoever changes a setting, or
        # matches a payment, starts its work
        self.connection = connection.sudo()
        self.env = self.connection.env

    # === WHICH DEPOSIT HAS WHAT === #

    def follow(self, records):
        """Have the deposits booked again that have one of these payments, or may have.

        :param records: `netsuite.record` rows of `const.MONEY_TYPES`.
        """
        if not records or self.connection.bank_deposits == "none":
            return
        held = [json.dumps([each]) for each in records.mapped("internal_id")]
        customers = [str(each) for each in set(records.mapped("customer_internal_id")) - {0}]
        self.env["netsuite.record"]._requeue_where(
            self.connection,
            ("booked", "ignored", "blocked"),
            # Lists and lines are only in JSON, which no domain looks into.
            SQL(
                """record_type = %(type)s AND (deposited_ids @> ANY(%(held)s::jsonb[])
                   OR (COALESCE(jsonb_array_length(payload->'links'), 0) = 0 AND EXISTS (
                       SELECT 1 FROM jsonb_array_elements(COALESCE(payload->'lines', '[]')) l
                       WHERE l->>'subentity' = ANY(%(customers)s))))""",
                type=BANK_DEPOSIT_TYPE,
                held=held,
                customers=customers,
            ),
        )

    def rebook(self):
        """Have all deposits booked again: they go to another account now."""
        self.env["netsuite.record"]._requeue_where(
            self.connection,
            ("booked", "ignored", "blocked", "failed"),
            SQL("record_type = %s", BANK_DEPOSIT_TYPE),
        )

    def leave(self):
        """Let deposits that are not in the books wait no longer: they are not mirrored now."""
        self.env["netsuite.record"]._requeue_where(
            self.connection,
            ("blocked", "failed"),
            SQL("record_type = %s AND NOT %s", BANK_DEPOSIT_TYPE, IN_THE_BOOKS),
        )

    def count_booked(self):
        """Return how many deposits are in the books."""
        return self.env["netsuite.record"]._count_where(self.connection, SETTLED, BOOKED)

    def withdraw(self):
        """Have all deposits taken out of the books that no lock date and no hash keeps there.

        :return: how many go, and how many stay.
        """
        records = self.env["netsuite.record"]
        going, staying = 0, 0
        for company in self.connection.company_ids:
            own = SQL("%s AND (company_id = %s OR company_id IS NULL)", BOOKED, company.id)
            closed = records._closed_sql(company, "general", has_tax=False)
            staying += records._count_where(self.connection, SETTLED, SQL("%s AND %s", own, closed))
            going += records._requeue_where(
                self.connection, SETTLED, SQL("%s AND NOT %s", own, closed)
            )
        return going, staying

    def note(self, internal_ids):
        """Note of payments whether NetSuite has their money in the bank.

        :param internal_ids: of records of `const.MONEY_TYPES`.
        """
        records = self.records(internal_ids)
        payments = records._targets("account.payment")
        deposited = self._deposited(internal_ids)
        booked = records.filtered(lambda record: record in payments)
        told = self.env["netsuite.booking.payment"]._say_deposited(booked)
        for record, payment in payments.items():
            is_deposited = record in told or record.internal_id in deposited
            if payment.netsuite_deposited != is_deposited:
                payment.netsuite_deposited = is_deposited

    def records(self, internal_ids):
        """Return the `netsuite.record` rows of payments, deposits and refunds by their ids."""
        return self.env["netsuite.record"].search(
            [
                ("connection_id", "=", self.connection.id),
                ("record_type", "in", MONEY_TYPES),
                ("internal_id", "in", list(internal_ids)),
            ]
        )

    def _deposited(self, internal_ids):
        """Return those of these payments that a deposit has."""
        held = [json.dumps([each]) for each in internal_ids]
        if not held:
            return set()
        # As for `follow`.
        rows = self.env.execute_query(
            SQL(
                """SELECT deposited_ids FROM netsuite_record
                   WHERE connection_id = %s AND record_type = %s AND state <> 'removed'
                       AND deposited_ids @> ANY(%s::jsonb[])""",
                self.connection.id,
                BANK_DEPOSIT_TYPE,
                held,
            )
        )
        return {each for (ids,) in rows for each in ids} & set(internal_ids)

    # === WHAT WAITS FOR THE BANK === #

    def outstanding(self):
        """Return {ISO code of a company's currency: what waits for the bank in it}, as texts.

        The money of mirrored payments that is neither deposited nor matched, on accounts that can
        be settled.
        """
        groups = self.env["account.move.line"]._read_group(
            [
                ("move_id.netsuite_record_id.connection_id", "=", self.connection.id),
                ("parent_state", "=", "posted"),
                ("account_id.reconcile", "=", True),
                ("account_id.account_type", "not in", ("asset_receivable", "liability_payable")),
                ("netsuite_deposit", "=", False),
                "|",
                ("payment_id", "!=", False),
                *("&", ("move_id.netsuite_record_id.record_type", "=", BANK_DEPOSIT_TYPE)),
                ("netsuite_line", ">", 0),
            ],
            ["company_currency_id"],
            ["amount_residual:sum"],
        )
        return {
            currency.name: f"{currency.round(amount) + 0.0:.{currency.decimal_places}f}"
            for currency, amount in groups
        }

    def straight_to_bank(self, companies):
        """Return what NetSuite posted straight to a bank, so that no deposit takes it there.

        It is on an account that waits for the bank, as suggestions have it, until it is matched.

        :param companies: whose amounts may be told.
        :return: rows of (account's id, id of the company's currency, number of payments, amount).
        """
        self.env.flush_all()
        # An account that uses no undeposited funds has most of its payments here: added up in SQL.
        return self.env.execute_query(
            SQL(
                """SELECT account_id, company_currency_id, COUNT(*), SUM(amount_residual)
                   FROM account_move_line WHERE company_id = ANY(%s) AND id IN (%s)
                   GROUP BY account_id, company_currency_id
                   ORDER BY account_id, company_currency_id""",
                companies.ids,
                self.straight_to_bank_sql(),
            )
        )

    def straight_to_bank_sql(self):
        """Return the query of the journal items that `straight_to_bank` adds up."""
        return SQL(
            """SELECT line.id FROM account_move_line line
               JOIN account_account account ON account.id = line.account_id
               JOIN account_payment payment ON payment.id = line.payment_id
               JOIN netsuite_record r ON r.id = payment.netsuite_record_id
               LEFT JOIN (
                   SELECT DISTINCT jsonb_array_elements_text(deposited_ids)::bigint AS internal_id
                   FROM netsuite_record
                   WHERE connection_id = %(connection)s AND record_type = %(type)s
                       AND state <> 'removed' AND jsonb_typeof(deposited_ids) = 'array'
               ) held ON held.internal_id = r.internal_id
               WHERE r.connection_id = %(connection)s AND held.internal_id IS NULL
                   AND payment.netsuite_deposited AND line.parent_state = 'posted'
                   AND line.reconciled IS NOT TRUE AND line.netsuite_deposit IS NOT TRUE
                   AND account.reconcile
                   AND account.account_type NOT IN ('asset_receivable', 'liability_payable')""",
            connection=self.connection.id,
            type=BANK_DEPOSIT_TYPE,
        )

    # === NO CASH TWICE === #

    def journals_with_statements(self):
        """Return the journals with bank transactions of their own that NetSuite's banks are mapped
        to."""
        accounts = (
            self.env["netsuite.mapping"]
            .search([("connection_id", "=", self.connection.id), *OF_BANKS])
            .account_id
        )
        return self.with_statements(self.env, accounts)

    @staticmethod
    def with_statements(env, accounts):
        """Return the journals of accounts that have bank transactions."""
        journals = env["account.journal"].search([("default_account_id", "in", accounts.ids)])
        Transaction = env["account.bank.statement.line"]
        return journals.filtered(
            lambda journal: Transaction.search_count([("journal_id", "=", journal.id)], limit=1)
        )

    @staticmethod
    def connection_of(env, account):
        """Return the connection whose bank deposits are booked on an account; empty without one."""
        # sudo: netsuite.connection, netsuite.mapping - settings, whoever enters a transaction
        mappings = env["netsuite.mapping"].sudo()
        found = mappings.search(
            [
                ("account_id", "=", account.id),
                *OF_BANKS,
                ("connection_id.bank_deposits", "=", "bank"),
                ("connection_id.active", "=", True),
            ],
            limit=1,
        )
        return found.connection_id
