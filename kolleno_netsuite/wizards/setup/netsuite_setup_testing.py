from odoo import api, fields, models
from odoo.exceptions import UserError

from ...client.errors import ErrorKind, NetsuiteError
from ...client.suiteql import Query, ask, literal
from ...const import RECORD_TYPES, REQUIRED_TYPES
from ...mappers.queries.deletion import OPTIONAL, deletion_query
from ...mappers.queries.record_sources import Window, header_query, part_query
from ...mappers.queries.shape import names_of
from .netsuite_setup import STEPS

# What does not work stands first.
ORDER = ("failed", "missing", "ok", "not_needed")
NOT_WORKING = ("failed", "missing")
# No record has it: the query is refused or not, and NetSuite has nothing to read.
NO_RECORD = Window(ids=(-1,))


class NetsuiteSetup(models.Model):
    """The third step: each thing that the role needs is tried."""

    _inherit = "netsuite.setup"

    check_ids = fields.One2many("netsuite.setup.check", "setup_id", readonly=True)
    required_check_ids = fields.One2many(
        "netsuite.setup.check", "setup_id", domain=[("is_required", "=", True)], readonly=True
    )
    optional_check_ids = fields.One2many(
        "netsuite.setup.check", "setup_id", domain=[("is_required", "=", False)], readonly=True
    )
    tested_at = fields.Datetime(readonly=True)
    test_verdict = fields.Selection(
        [("failed", "Not ready"), ("limited", "Ready, with limits"), ("passed", "Ready")],
        compute="_compute_test_verdict",
        help="Whether an import can work with what the last test found.",
    )
    test_text = fields.Char(compute="_compute_test_verdict")
    asks_one_world = fields.Boolean(compute="_compute_asks")
    asks_multi_currency = fields.Boolean(compute="_compute_asks")
    says_one_world = fields.Selection(
        [("yes", "Several subsidiaries (OneWorld)"), ("no", "One company, no subsidiaries")],
        string="Does the account have subsidiaries?",
    )
    says_multi_currency = fields.Selection(
        [("yes", "Several currencies"), ("no", "One currency only")],
        string="Does the account use several currencies?",
    )
    one_currency = fields.Boolean(compute="_compute_asks")
    base_currency_id = fields.Many2one(related="connection_id.base_currency_id", readonly=False)

    # === COMPUTE METHODS === #

    @api.depends("check_ids.state", "connection_id.state", "connection_id.state_reason")
    def _compute_test_verdict(self):
        for setup in self:
            troubled = setup.check_ids.filtered(lambda check: check.state in NOT_WORKING)
            setup.test_verdict, setup.test_text = False, False
            if not setup.check_ids:
                continue
            if troubled.filtered("is_required") or setup.state not in ("setup", "connected"):
                setup.test_verdict = "failed"
                setup.test_text = setup._trouble_text(troubled.filtered("is_required"))
            elif troubled:
                setup.test_verdict = "limited"
                setup.test_text = self.env._(
                    "Connected. You can go on without these optional parts: %s. The line of each "
                    "says what you lose without it.",
                    ", ".join(troubled.mapped("name")),
                )
            else:
                setup.test_verdict = "passed"
                setup.test_text = self.env._("Connected: everything that is needed works.")

    @api.depends("connection_id.fact_ids.value", "connection_id.multi_currency")
    def _compute_asks(self):
        for setup in self:
            unknown = setup.connection_id.fact_ids.filtered(lambda fact: fact.value == "unknown")
            keys = unknown.mapped("key")
            setup.asks_one_world = "one_world" in keys
            setup.asks_multi_currency = "multi_currency" in keys
            connection = setup.connection_id
            setup.one_currency = bool(connection) and not connection.multi_currency

    def _trouble_text(self, stopping):
        """Return why an import cannot work yet, and what to do.

        :param stopping: the required checks that do not work.
        """
        self.ensure_one()
        failed = stopping.filtered(lambda check: check.state == "failed")
        if failed:
            return self.env._(
                "%(check)s does not work. %(answer)s", check=failed[0].name, answer=failed[0].detail
            )
        if stopping:
            return self.env._(
                "Odoo cannot read everything that an import needs. Missing in NetSuite: %s. Each "
                "line says what to tick there; then press Test Again.",
                ", ".join(stopping.mapped("name")),
            )
        return self.connection_id.state_reason or self.env._(
            "The sign-in was changed after the test. Test it again."
        )

    # === ACTION METHODS === #

    def action_test(self):
        """Try each thing that the role needs; connect when nothing required is missing."""
        self.ensure_one()
        self.check_access("write")
        # sudo: netsuite.connection, netsuite.call - a button for administrators
        connection = self.connection_id.sudo()
        client = connection._client()
        # sudo: netsuite.setup - what was found is nobody's to write
        found = self.sudo()
        found.check_ids.unlink()
        checks = self._sign_in_checks(connection, client)
        if all(check["state"] == "ok" for check in checks):
            checks += self._feature_checks(connection, client)
        if all(check["state"] == "ok" for check in checks):
            checks += self._record_checks(connection, client)
            checks.append(self._deletion_check(connection, client))
        connection._store_calls(client)
        checks.sort(key=lambda check: ORDER.index(check["state"]))
        found.env["netsuite.setup.check"].create(
            [
                {**check, "setup_id": self.id, "sequence": sequence}
                for sequence, check in enumerate(checks)
            ]
        )
        found.tested_at = fields.Datetime.now()
        if not self._stopping_checks():
            self.connection_id.action_connect()
        return self._open()

    # === BUSINESS METHODS === #

    def _open_after(self, work):
        """Open the set-up after `work`, or its test step where NetSuite refuses what worked there.

        :param work: function that may raise `NetsuiteError`.
        """
        try:
            work()
        except NetsuiteError as error:
            return self._back_to_test(error)
        return self._open()

    def _back_to_test(self, error):
        """Show the test step anew, after NetSuite refused what had worked there.

        :param error: the `NetsuiteError` of a later step.
        :return: the action that shows it, what does not work first.
        :raise UserError: in words, where testing again would tell nothing: NetSuite does not
            answer for now, or all that is tested works.
        """
        self.ensure_one()
        sentence = self.connection_id._error_text(error)
        if error.is_passing:
            raise UserError(sentence) from error
        while self.step != "test":
            self._advance(step=STEPS[STEPS.index(self.step) - 1])
        self.action_test()
        # What is optional is left out from now on, as long as nothing was imported.
        left_out = self.test_verdict == "limited" and not self.connection_id._is_begun()
        if self.test_verdict != "failed" and not left_out:
            raise UserError(sentence) from error
        return self._open()

    def _leave_test(self):
        if self.test_verdict not in ("limited", "passed"):
            raise UserError(self.test_text or self.env._("Test the connection first."))

    def _stopping_checks(self):
        """Return what is required and does not work."""
        return self.check_ids.filtered(
            lambda check: check.is_required and check.state in NOT_WORKING
        )

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
            "purpose": self.env._("To know up to when all changes were read"),
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
                "place": self.env["netsuite.fact"]._place(record_type),
                **self._record_state(connection, client, by_type[record_type]),
            }
            for record_type in RECORD_TYPES
            if record_type in by_type
        ]

    def _feature_checks(self, connection, client):
        """Return the check of the account's features; asked first, they explain the others."""
        check = {
            "name": self.env._("Features"),
            "is_required": True,
            "purpose": self.env._("What the account has: subsidiaries, currencies and so on"),
            "place": self.env["netsuite.fact"]._place("companyfeaturesetup"),
        }
        self._answer_questions(connection)
        # What was refused before may have been ticked meanwhile; what a person decided stays.
        connection._forget_refusals()
        if not connection._is_begun():
            # Nothing hangs on what answered before, and it may be refused now.
            connection._forget_answers()
        try:
            undecided = connection._learn_features(client)
        except NetsuiteError as error:
            return [{**check, **self._missing(connection, error)}]
        if undecided:
            detail = self.env._(
                "NetSuite does not tell this role whether the account has: %s. Tick the "
                "permission, or answer below, and test again.",
                ", ".join(undecided),
            )
            return [{**check, "state": "missing", "detail": detail}]
        facts = connection.fact_ids.filtered(lambda fact: ":" not in fact.key)
        return [{**check, "state": "ok", "detail": self._features_text(facts)}]

    @api.model
    def _features_text(self, facts):
        """Return which features are on and off, and how that is known."""
        on = facts.filtered(lambda fact: fact.value == "yes")
        off = facts.filtered(lambda fact: fact.value == "no")
        return " ".join(
            filter(
                None,
                [
                    on and self.env._("On: %s.", ", ".join(on.mapped("name"))),
                    off and self.env._("Off: %s.", ", ".join(off.mapped("name"))),
                    self.env._("Known from: %s.", "; ".join(dict.fromkeys(facts.mapped("source")))),
                ],
            )
        )

    def _answer_questions(self, connection):
        """Note what the administrator answered where NetSuite does not tell."""
        for key, answer in (
            ("one_world", self.says_one_world),
            ("multi_currency", self.says_multi_currency),
        ):
            fact = self.env["netsuite.fact"]._of(connection, key)
            if answer and fact.value == "unknown":
                fact._say(answer)

    def _record_state(self, connection, client, stream):
        """Return whether the role may read a record type and all that belongs to it.

        What NetSuite refuses and records can be read without is left out from then on.
        """
        source = connection._source(stream.record_type)
        if stream.awaited:
            detail = self.env._("Nothing yet on receivables; read from the first one on")
            return {"state": "not_needed", "detail": detail}
        if not stream.active:
            return {"state": "not_needed", "detail": self.env._("Switched off")}
        # sudo: netsuite.stream, netsuite.fact - the test notes what the sync would meet
        Fetch, stream = self.env["netsuite.fetch"].sudo(), stream.sudo()
        while connection._shape().has_source(source):
            error = self._try(lambda: self._read_nothing(connection, client, stream))
            if not error:
                Fetch._note_answered(stream, whole=True)
                return {"state": "ok", "detail": self._lacking_text(connection, source)}
            if not Fetch._leave_out(stream, error):
                return self._missing(connection, error)
        if source.one_world and not connection.one_world:
            return {"state": "not_needed", "detail": self.env._("The account has no subsidiaries")}
        if source.record_type == "currency" and not connection.multi_currency:
            detail = self.env._("The account has one currency only")
            return {"state": "not_needed", "detail": detail}
        return {
            "state": "missing",
            "detail": self.env._(
                "The account or the role does not show them. Everything else is read without."
            ),
        }

    def _read_nothing(self, connection, client, stream):
        """Ask for a record that there is not, and for what would belong to it."""
        Fetch = self.env["netsuite.fetch"]
        source = Fetch._record_source(connection, stream.record_type)
        missing = Fetch._missing_columns(connection, stream)
        list(client.rows(header_query(source, NO_RECORD, missing)))
        for part in source.parts:
            list(client.rows(part_query(source, part, NO_RECORD)))

    def _lacking_text(self, connection, source):
        """Return what of a record type the account does not show, False when it shows all."""
        Fact = self.env["netsuite.fact"]
        lacking = set(connection.lacking or ()) & set(names_of(source))
        keys = [f"column:{name}" if "." in name else f"table:{name}" for name in sorted(lacking)]
        labels = [Fact._of(connection, key).name for key in keys]
        if not labels:
            return False
        return self.env._("Without, as the account does not show it: %s", ", ".join(labels))

    def _deletion_check(self, connection, client):
        """Return whether the role may see what was deleted, asked of a moment without length."""
        check = {
            "name": self.env._("Deleted Records"),
            "is_required": False,
            "purpose": self.env._(
                "Following deletions at once. Without it they are found by the daily and the "
                "weekly check only"
            ),
            "place": self.env._("Role › Permissions › Setup: Deleted Records (View)"),
        }
        if not connection.track_deletions:
            return {**check, "state": "not_needed", "detail": self.env._("Switched off")}
        now = client.clock.from_utc(client.clock.until())
        missing = set()
        while True:
            query = deletion_query(now, now, missing)
            error = self._try(lambda query=query: ask(client.transport, query.sql()))
            if not error:
                return {**check, "state": "ok", "detail": self._missing_columns_text(missing)}
            column = (error.params.get("column") or "").lower().rpartition(".")[2]
            if column not in OPTIONAL or column in missing:
                return {**check, **self._missing(connection, error)}
            missing.add(column)

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
        """Return what `error` makes of a check: missing for the role, or failed for a reason.

        What to tick stays only where ticking helps.
        """
        detail = " ".join(connection._error_sentences(error)).strip()
        if error.kind is ErrorKind.PERMISSION:
            return {"state": "missing", "detail": detail}
        place = False if error.is_passing else self._place_of_sign_in(error)
        return {"state": "failed", "detail": detail, **({} if place is None else {"place": place})}

    def _place_of_sign_in(self, error):
        """Return where to look after a refused sign-in; None when it was not the sign-in."""
        if error.kind is not ErrorKind.AUTH:
            return None
        return self.env._(
            "Compare what was entered in the step before with NetSuite; the Login Audit Trail "
            "under Setup › Users/Roles shows why a sign-in was refused"
        )

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
            "deposit": self.env._("What was taken to the bank, where that is mirrored"),
            "journalentry": self.env._("Journal lines on customer balances"),
        }.get(record_type, self.env._("Documents that change customers' balances"))
