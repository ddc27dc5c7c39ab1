from decimal import Decimal

from .simulator_case import SimulatorCase


class DocumentsCase(SimulatorCase):
    """What a person does in NetSuite with deposits, refunds and journals, in short words."""

    # Numbers of accounts in the simulator's chart.
    AR, BANK, SALES = "1100", "1000", "4000"

    def deposit(self, customer, amount, days_ago=10, **body):
        """Create a customer deposit; return its id."""
        return self._create(
            "customerDeposit",
            customer={"id": customer},
            payment=amount,
            tranDate=self.day(days_ago),
            **body,
        )

    def apply_deposit(self, deposit, amounts):
        """Apply a deposit as {invoice id: amount}; return the id of the deposit application."""
        return self.simulator.act(
            "transform",
            type="customerDeposit",
            id=deposit,
            target="depositApplication",
            body={"apply": self._apply(amounts)},
        )["id"]

    def refund(self, customer, credits=None, deposits=None, days_ago=3, **body):
        """Pay credits and deposits back, as {their id: amount}; return the refund's id."""
        return self._create(
            "customerRefund",
            customer={"id": customer},
            tranDate=self.day(days_ago),
            apply=self._apply(credits),
            deposit=self._apply(deposits),
            **body,
        )

    def journal(self, *lines, days_ago=8, currency=None, subsidiary=None, **body):
        """Create a journal of ``(account, amount, customer)``; return its id.

        :param lines: a negative amount is a credit; the customer can be left out.
        """
        return self._create(
            "journalEntry",
            subsidiary={"id": subsidiary or self.US},
            tranDate=self.day(days_ago),
            line={"items": [self._journal_line(*line) for line in lines]},
            **({"currency": {"id": currency}} if currency else {}),
            **body,
        )

    def _journal_line(self, account, amount, entity=None):
        amount = Decimal(str(amount))
        return {
            "account": {"id": self.account_id(account)},
            "debit" if amount > 0 else "credit": str(abs(amount)),
            **({"entity": {"id": entity}} if entity else {}),
        }

    def account_id(self, number):
        """Return the internal id of the account with a number in the simulator's chart."""
        answer = self.simulator.suiteql(f"SELECT id FROM account WHERE acctnumber = '{number}'")
        return answer.json()["items"][0]["id"]

    def mirror(self, connection, record_type, internal_id):
        """Return the Odoo document that mirrors a NetSuite one."""
        record = self.record_of(connection, record_type, internal_id)
        self.assertEqual(record.state, "booked", record.message)
        return record._target()

    # === ASSERTIONS === #

    def assert_left(self, document, amount, base=None):
        """Fail unless so much of a document is open, in its currency and in the company's."""
        move = document.move_id if document._name == "account.payment" else document
        lines = move.line_ids.filtered(
            lambda line: line.account_id.account_type == "asset_receivable" or line.netsuite_deposit
        )
        self.assertAlmostEqual(sum(lines.mapped("amount_residual_currency")), amount, 2)
        if base is not None:
            self.assertAlmostEqual(sum(lines.mapped("amount_residual")), base, 2)

    def assert_books_agree(self, connection, own=(), told=()):
        """Fail unless Odoo equals NetSuite's ledger, deposits and company amounts included.

        :param own: moves that a user made in Odoo; they are left out.
        :param told: titles of the issues that there have to be; no other one may be there.
        """
        trouble = self.open_issues(connection).filtered(lambda issue: issue.severity != "0")
        self.assertLessEqual(set(told), set(trouble.mapped("title")))
        trouble = trouble.filtered(lambda issue: issue.title not in told)
        self.assertFalse(
            [(issue.title, issue.detail, issue.record_ids.mapped("message")) for issue in trouble]
        )
        self.assert_in_step(connection)
        self.env.flush_all()
        self.env.cr.execute(
            """
            SELECT customer.internal_id, currency.name, line.company_id,
                COALESCE(SUM(line.amount_residual) FILTER (WHERE deposit), 0),
                COALESCE(SUM(line.amount_residual_currency) FILTER (WHERE deposit), 0),
                COALESCE(SUM(line.amount_residual) FILTER (WHERE NOT deposit), 0)
            FROM account_move_line line
            JOIN account_account account ON account.id = line.account_id
            CROSS JOIN LATERAL (SELECT COALESCE(line.netsuite_deposit, FALSE) AS deposit) of_line
            JOIN res_currency currency ON currency.id = line.currency_id
            JOIN netsuite_record customer ON customer.record_type = 'customer'
                AND customer.res_id = line.partner_id AND customer.connection_id = %s
            WHERE line.parent_state = 'posted'
                AND (account.account_type = 'asset_receivable' OR deposit)
                AND line.move_id <> ALL(%s)
            GROUP BY customer.internal_id, currency.name, line.company_id
            """,
            [connection.id, [move.id for move in own]],
        )
        odoo = {}
        for customer, currency, company, *amounts in self.env.cr.fetchall():
            odoo[(customer, currency, company)] = [Decimal(str(amount)) for amount in amounts]
        companies = {row.internal_id: row.company_id.id for row in connection.subsidiary_ids}
        for row in self.simulator.ledger()["balances"]:
            company = companies.get(int(row["subsidiary_id"]))
            if not company:
                continue
            key = (int(row["customer_id"]), row["currency"], company)
            deposits_base, deposits, base = odoo.get(key, [Decimal(0)] * 3)
            found = (base, -deposits, -deposits_base)
            told = tuple(Decimal(row[name]) for name in ("open_base", "deposits", "deposits_base"))
            self.assertEqual(found, told, row)
