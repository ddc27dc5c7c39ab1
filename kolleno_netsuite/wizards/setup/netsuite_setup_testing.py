from odoo import api, fields, models
from odoo.exceptions import UserError

from ...client.errors import ErrorKind, NetsuiteError
from ...client.suiteql import Query, ask, literal
from ...const import RECORD_TYPES, REQUIRED_TYPES
from ...mappers.queries.record_sources import Window, header_query, part_query

# No record has it: the query is refused or not, and NetSuite has nothing to read.
NO_RECORD = Window(ids=(-1,))


class NetsuiteSetup(models.Model):
    """The third step: each thing that the role needs is tried."""

    _inherit = "netsuite.setup"

    check_ids = fields.One2many("netsuite.setup.check", "setup_id", readonly=True)
    tested_at = fields.Datetime(readonly=True)
    test_text = fields.Char(compute="_compute_test_text")

    # === COMPUTE METHODS === #

    @api.depends("check_ids.state", "connection_id.state")
    def _compute_test_text(self):
        for setup in self:
            missing = setup.check_ids.filtered(lambda check: check.state == "missing")
            stopping = missing.filtered("is_required")
            if not setup.check_ids:
                setup.test_text = False
            elif stopping:
                setup.test_text = self.env._(
                    "Still missing: %s. Tick it in NetSuite and test again.",
                    ", ".join(stopping.mapped("name")),
                )
            elif setup.state != "connected":
                setup.test_text = setup.connection_id.state_reason
            elif missing:
                setup.test_text = self.env._(
                    "Connected. Without %s the rest works; test again once it is ticked.",
                    ", ".join(missing.mapped("name")),
                )
            else:
                setup.test_text = self.env._("Connected: everything that is needed works.")

    # === ACTION METHODS === #

    def action_test(self):
        """Try each thing that the role needs; connect when nothing required is missing."""
        self.ensure_one()
        self.check_access("write")
        # sudo: netsuite.connection, netsuite.call - a button for administrators
        connection = self.connection_id.sudo()
        client = connection._client()
        self.check_ids.unlink()
        checks = self._sign_in_checks(connection, client)
        if all(check["state"] == "ok" for check in checks):
            checks += self._record_checks(connection, client)
        connection._store_calls(client)
        self.env["netsuite.setup.check"].create(
            [
                {**check, "setup_id": self.id, "sequence": sequence}
                for sequence, check in enumerate(checks)
            ]
        )
        self.tested_at = fields.Datetime.now()
        if not self._missing_checks():
            self.connection_id.action_connect()
        return self._open()

    # === BUSINESS METHODS === #

    def _leave_test(self):
        if self.state != "connected":
            raise UserError(self.test_text or self.env._("Test the connection first."))

    def _missing_checks(self):
        """Return what is missing and required."""
        return self.check_ids.filtered(lambda check: check.state == "missing" and check.is_required)

    def _sign_in_checks(self, connection, client):
        """Return the checks of signing in, of SuiteAnalytics and of the clock."""
        sign_in = {
            "name": self.env._("Sign-in"),
            "is_required": True,
            "purpose": self.env._("Everything"),
            "place": self._sign_in_place(),
        }
        analytics = {
            "name": self.env._("SuiteAnalytics"),
            "is_required": True,
            "purpose": self.env._("Reading: all data is read by SuiteQL queries"),
            "place": self.env._(
                "Role › Permissions › Reports: SuiteAnalytics Workbook; Enable Features › "
                "Analytics: SuiteAnalytics Workbook"
            ),
        }
        error = self._try(
            lambda: ask(client.transport, Query(source="dual").select(one=literal(1)).sql())
        )
        if error and error.kind is not ErrorKind.PERMISSION:
            return [{**sign_in, **self._missing(connection, error)}]
        if error:
            return [
                {**sign_in, "state": "ok"},
                {**analytics, **self._missing(connection, error)},
            ]
        return [
            {**sign_in, "state": "ok"},
            {**analytics, "state": "ok"},
            self._clock_check(connection, client),
        ]

    def _clock_check(self, connection, client):
        check = {
            "name": self.env._("Clock"),
            "is_required": True,
            "purpose": self.env._("Knowing up to when all changes were read"),
            "place": self.env._("Nothing to tick"),
        }
        error = self._try(lambda: client.clock)
        if error:
            return {**check, **self._missing(connection, error)}
        doubt = client.clock.doubt
        detail = (
            self.env._("The time zone is not certain yet; more is read again than needed.")
            if doubt
            else client.clock.zone_name
        )
        return {**check, "state": "ok", "detail": detail}

    def _record_checks(self, connection, client):
        """Return one check for each record type, whether its stream is switched on or not."""
        labels = self.env["netsuite.record"]._record_type_labels()
        streams = connection.with_context(active_test=False).stream_ids
        by_type = {stream.record_type: stream for stream in streams}
        return [
            {
                "name": labels[record_type],
                "is_required": record_type in REQUIRED_TYPES,
                "purpose": self._purpose(record_type),
                "place": self._place(record_type),
                **self._record_state(connection, client, by_type[record_type]),
            }
            for record_type in RECORD_TYPES
            if record_type in by_type
        ]

    def _record_state(self, connection, client, stream):
        """Return whether the role may read a record type and all that belongs to it."""
        source = connection._source(stream.record_type)
        if stream.awaited:
            detail = self.env._("Nothing yet on receivables; read from the first one on")
            return {"state": "not_needed", "detail": detail}
        if not stream.active:
            return {"state": "not_needed", "detail": self.env._("Switched off")}
        if source.one_world and not connection.one_world:
            return {"state": "not_needed", "detail": self.env._("The account has no subsidiaries")}
        missing = set(stream.missing_columns or ())
        while True:
            error = self._try(lambda: self._read_nothing(connection, client, source, missing))
            if not error:
                return {"state": "ok", "detail": self._missing_columns_text(missing)}
            if error.code == "NOT_ONEWORLD":
                connection.one_world = False
                if source.one_world:
                    detail = self.env._("The account has no subsidiaries")
                    return {"state": "not_needed", "detail": detail}
                continue
            column = (error.params.get("column") or "").lower().rpartition(".")[2]
            if column not in source.optional or column in missing:
                return self._missing(connection, error)
            missing.add(column)

    def _read_nothing(self, connection, client, source, missing):
        """Ask for a record that there is not, and for what would belong to it."""
        missing = {*missing, *([] if connection.one_world else ["subsidiary"])}
        list(client.rows(header_query(source, NO_RECORD, missing)))
        for part in source.parts:
            if not (part.one_world and "subsidiary" in missing):
                list(client.rows(part_query(source, part, NO_RECORD, missing)))

    def _missing_columns_text(self, columns):
        if not columns:
            return False
        return self.env._(
            "Without these fields, which the account does not show: %s", ", ".join(sorted(columns))
        )

    @api.model
    def _try(self, call):
        """Return the `NetsuiteError` that `call` raises, or None."""
        try:
            call()
        except NetsuiteError as error:
            return error
        return None

    def _missing(self, connection, error):
        return {"state": "missing", "detail": " ".join(connection._error_sentences(error)).strip()}

    # === BUSINESS METHODS - WORDS === #

    def _sign_in_place(self):
        if self.auth_method == "tba":
            return self.env._("Role › Permissions › Setup: Log in using Access Tokens")
        return self.env._("Role › Permissions › Setup: Log in using OAuth 2.0 Access Tokens")

    @api.model
    def _purpose(self, record_type):
        """Return what a record type is read for."""
        return {
            "subsidiary": self.env._("Which company's books a document belongs to"),
            "currency": self.env._("Amounts"),
            "account": self.env._("On which Odoo account a document is booked"),
            "term": self.env._("Payment terms on customers and invoices"),
            "paymentmethod": self.env._("How a customer paid"),
            "salestaxitem": self.env._("Which Odoo tax a tax amount belongs to"),
            "accountingperiod": self.env._("Which months are closed"),
            "customer": self.env._("Customers and their addresses"),
            "contact": self.env._("Contacts of customers"),
            "invoice": self.env._("What customers owe"),
            "customercharge": self.env._("What customers owe beside invoices"),
            "customtransaction": self.env._("What customers owe or are owed beside invoices"),
            "creditmemo": self.env._("Credits, and what they are applied to"),
            "customerpayment": self.env._("Payments, and what they are applied to"),
            "customerdeposit": self.env._("Deposits that customers paid in advance"),
            "depositapplication": self.env._("Deposits applied to invoices"),
            "customerrefund": self.env._("Refunds of credits and deposits"),
            "journalentry": self.env._("Journal lines on customer balances"),
        }.get(record_type, self.env._("Documents that change customers' balances"))

    @api.model
    def _place(self, record_type):
        """Return where a NetSuite administrator ticks what a record type needs."""
        transactions = self.env._("Role › Permissions › Transactions: %s (View), Find Transaction")
        lists = self.env._("Role › Permissions › Lists: %s (View)")
        setup = self.env._("Role › Permissions › Setup: %s (View)")
        section, permission = {
            "subsidiary": (lists, "Subsidiaries"),
            "currency": (lists, "Currency"),
            "account": (lists, "Accounts"),
            "term": (setup, "Accounting Lists"),
            "paymentmethod": (setup, "Accounting Lists"),
            "salestaxitem": (lists, "Tax Items"),
            "accountingperiod": (setup, "Manage Accounting Periods"),
            "customer": (lists, "Customers"),
            "contact": (lists, "Contacts"),
            "invoice": (transactions, "Invoice"),
            "customercharge": (transactions, "Statement Charge"),
            "creditmemo": (transactions, "Credit Memo"),
            "customerpayment": (transactions, "Customer Payment"),
            "customerdeposit": (transactions, "Customer Deposit"),
            "depositapplication": (transactions, "Customer Deposit"),
            "customerrefund": (transactions, "Customer Refund"),
            "journalentry": (transactions, "Make Journal Entry"),
        }.get(record_type, (transactions, record_type))
        return section % permission
