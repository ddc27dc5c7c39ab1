from odoo import api, fields, models

# Type of the account for the other side of journals: neither a result nor an asset or a debt.
OFFSET_TYPE = "equity"
# Kind of journal: Odoo's type, and the start of its short code.
JOURNALS = {"sale": ("sale", "NSR"), "payment": ("bank", "NSP"), "general": ("general", "NSJ")}


class AccountJournal(models.Model):
    """The journals that hold nothing but mirrored documents."""

    _inherit = "account.journal"

    netsuite_connection_id = fields.Many2one(
        "netsuite.connection",
        string="NetSuite Connection",
        index="btree_not_null",
        copy=False,
        help="Journal that only holds documents mirrored from this NetSuite account.",
    )

    @api.model
    def _netsuite_journal(self, connection, company, kind):
        """Return the journal of a connection's documents in a company, made on first need.

        Mirrored documents keep NetSuite's numbers, which must not steer the numbers that the
        company gives itself: so they never share a journal with the company's own.

        :param kind: "sale" for invoices and credit memos, "payment" for payments, deposits and
            refunds, "general" for journal entries and deposit applications.
        """
        journal_type, code = JOURNALS[kind]
        if journal := self._netsuite_journal_of(connection, company, kind):
            return journal
        name = self._netsuite_own_name(
            connection,
            {
                "sale": self.env._("NetSuite receivables"),
                "payment": self.env._("NetSuite payments"),
                "general": self.env._("NetSuite journal entries"),
            }[kind],
        )
        journal = self.with_company(company).create(
            {
                "name": name,
                "code": self._netsuite_free_code(company, code),
                "type": journal_type,
                "company_id": company.id,
                "show_on_dashboard": False,
            }
        )
        # sudo: account.journal - who may make it does not claim it: the addon says whose it is
        journal.sudo().netsuite_connection_id = connection
        return journal

    @api.model
    def _netsuite_journal_of(self, connection, company, kind):
        """Return the journal of a connection's documents in a company, if there is one."""
        return self.with_context(active_test=False).search(
            [
                ("netsuite_connection_id", "=", connection.id),
                ("company_id", "=", company.id),
                ("type", "=", JOURNALS[kind][0]),
            ],
            limit=1,
        )

    @api.model
    def _netsuite_own_name(self, connection, name):
        """Return `name`, or with the account behind it when another account's journal has it.

        Somebody who works in several companies would not tell them apart.
        """
        # sudo: account.journal - names in companies that the user does not see count as well
        others = (
            self.sudo()
            .with_context(active_test=False)
            .search([("netsuite_connection_id", "not in", (False, connection.id))])
        )
        taken = set(others.mapped("name"))
        # The name of a connection is its user's, and may be another's too; its account is not.
        candidates = [
            name,
            *(
                self.env._("%(journal)s (%(account)s)", journal=name, account=account)
                for account in (connection.name, connection.account_id)
            ),
        ]
        return next((each for each in candidates if each not in taken), candidates[-1])

    def _netsuite_offset_account(self):
        """Return the account that takes the other side of mirrored journal entries.

        It takes what stands on no account of its own, and so belongs to no statement: as equity it
        is neither a result nor an asset or a debt. An off-balance account cannot share an entry
        with receivables. It is made on first need and kept as the journal's default account; one
        that was chosen before stays.
        """
        self.ensure_one()
        if not self.default_account_id:
            self.default_account_id = self._netsuite_new_account(
                self.env._("NetSuite journal entries: offset account"), OFFSET_TYPE, "300000"
            )
        return self.default_account_id

    def _netsuite_new_account(self, name, account_type, first_code):
        """Create an account in the journal's company, with the code behind those of its type.

        :param first_code: the code where there is none of the type yet.
        """
        self.ensure_one()
        Account = self.env["account.account"].with_company(self.company_id)
        last = Account.search(
            [
                *Account._check_company_domain(self.company_id),
                ("account_type", "=", account_type),
            ],
            order="code desc",
            limit=1,
        )
        return Account.create(
            {
                "name": name,
                "code": Account._search_new_account_code(last.code or first_code),
                "account_type": account_type,
                "company_ids": [(6, 0, self.company_id.ids)],
            }
        )

    @api.model
    def _netsuite_free_code(self, company, code):
        """Return `code`, or with the first number behind it that no journal has yet."""
        taken = set(
            self.with_context(active_test=False)
            .search([("company_id", "=", company.id), ("code", "=like", f"{code}%")])
            .mapped("code")
        )
        number = 1
        while code in taken:
            number += 1
            code = f"{code[:3]}{number}"
        return code
