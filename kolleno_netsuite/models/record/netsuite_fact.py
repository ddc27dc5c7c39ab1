from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError

from ...const import ADMINISTRATOR_GROUP, REQUIRED_TYPES
from ...mappers.queries.record_sources import RECORD_SOURCES
from ...mappers.queries.shape import names_of

# Hours after which an answer that says the same once more is worth a write.
CONFIRM_HOURS = 20

# Features by the codes of NetSuite's own list (Setup > Company > Enable Features).
FEATURE_CODES = {
    "one_world": "SUBSIDIARIES",
    "multi_currency": "MULTICURRENCY",
    "projects": "JOBS",
    "periods": "ACCOUNTINGPERIODS",
    "departments": "DEPARTMENTS",
    "classes": "CLASSES",
    "locations": "LOCATIONS",
    "suitetax": "TAX_OVERHAULING",
    "multi_book": "MULTIBOOK",
}
# Without knowing these no amount has a company or a currency.
NEEDED_FEATURES = ("one_world", "multi_currency")


def is_dispensable(name):
    """Tell whether everything can be read without a table or a column of it.

    A table of its own can be missing as a whole where nobody needs the records. What only some
    records need, as journals the open amounts of their lines, is needed.

    :param name: ``table`` or ``table.column``.
    """
    return all(
        names_of(source)[name] or (name == source.query.table and record_type not in REQUIRED_TYPES)
        for record_type, source in RECORD_SOURCES.items()
        if name in names_of(source)
    )


class NetsuiteFact(models.Model):
    """One thing known about an account, with its evidence.

    It is learnt once, from an answer of NetSuite's or of an administrator, and never turns because
    a query fails later: then a right was lost, and nothing that depends on it is touched.
    """

    _name = "netsuite.fact"
    _description = "NetSuite Account Fact"
    _order = "connection_id, kind, key"

    connection_id = fields.Many2one(
        "netsuite.connection", required=True, index=True, ondelete="cascade"
    )
    key = fields.Char(
        required=True, help="What is known: one_world, table:term, column:customer.fax."
    )
    kind = fields.Selection(
        [("1_feature", "Features"), ("2_table", "Records"), ("3_column", "Fields")],
        compute="_compute_kind",
        store=True,
    )
    name = fields.Char(compute="_compute_name", string="What")
    value = fields.Selection(
        [("yes", "Yes"), ("no", "No"), ("unknown", "Not known")], required=True, default="unknown"
    )
    source = fields.Char(string="How We Know", required=True)
    learnt_at = fields.Datetime(string="Since", required=True, default=fields.Datetime.now)
    confirmed_at = fields.Datetime(string="Last Confirmed", default=fields.Datetime.now)
    told = fields.Selection(
        [("yes", "Yes"), ("no", "No")],
        string="NetSuite Says Now",
        help="NetSuite's list of features says otherwise than Odoo works. Nothing changes before "
        "an administrator decides.",
    )
    refused_at = fields.Datetime(
        string="Refused Since", help="It answered before, and NetSuite refuses it now."
    )
    refused_for = fields.Json(help="What was stopped by the refusal: record types, or the proof.")
    refused_detail = fields.Text(string="NetSuite's Words")
    decided_by_id = fields.Many2one("res.users", readonly=True, help="Who decided it in Odoo.")
    advice = fields.Text(compute="_compute_advice", string="What to Do")
    can_do_without = fields.Boolean(compute="_compute_can_do_without")
    is_administrator = fields.Boolean(compute="_compute_is_administrator")

    _key_unique = models.UniqueIndex("(connection_id, key)", "This is already known.")

    # === COMPUTE METHODS === #

    @api.depends("key")
    def _compute_kind(self):
        for fact in self:
            kind = (fact.key or "").partition(":")[0]
            fact.kind = {"column": "3_column"}.get(
                kind, "2_table" if ":" in fact.key else "1_feature"
            )

    @api.depends("key")
    def _compute_name(self):
        for fact in self:
            fact.name = fact._label()

    @api.depends("key", "value", "told", "refused_at")
    def _compute_advice(self):
        for fact in self:
            fact.advice = fact._advice()

    @api.depends("key", "refused_at")
    def _compute_can_do_without(self):
        for fact in self:
            fact.can_do_without = bool(fact.refused_at) and fact._is_optional()

    @api.depends_context("uid")
    def _compute_is_administrator(self):
        self.is_administrator = self.env.su or self.env.user.has_group(ADMINISTRATOR_GROUP)

    # === ACTION METHODS === #

    def action_retry(self):
        """Ask NetSuite again for what was refused."""
        self.connection_id._check_accountant()
        # sudo: netsuite.fact, netsuite.stream - the sync's; a person only starts it
        self.sudo()._ask_again()
        return self.connection_id._notification(self.env._("NetSuite is asked again now."), "info")

    def action_do_without(self):
        """Read without what NetSuite refuses, as the user decides."""
        self._check_administrator()
        for fact in self.sudo().filtered("can_do_without"):  # sudo: netsuite.fact - the sync's
            fact._set("no", self.env._("Entered by %s: read without it", self.env.user.name))
            fact.decided_by_id = self.env.uid
            fact._ask_again()
            fact._answer()
        return self.connection_id._notification(
            self.env._("It is left out from now on, and everything else is read again."), "success"
        )

    def action_say_yes(self):
        """Note that the account has this, as the user says."""
        return self._say("yes")

    def action_say_no(self):
        """Note that the account does not have this, as the user says."""
        return self._say("no")

    def action_ask_again(self):
        """Ask NetSuite once more for what was left out, with all records that it belongs to."""
        self._check_administrator()
        # sudo: netsuite.fact, netsuite.stream - the sync's; an administrator starts it
        facts = self.sudo().filtered(lambda fact: fact.value == "no" and ":" in fact.key)
        connection = self.sudo().connection_id
        names = {fact.key.partition(":")[2] for fact in facts}
        facts.unlink()
        for stream in connection.stream_ids:
            if stream.phase == "regular" and names & set(
                names_of(RECORD_SOURCES[stream.record_type])
            ):
                stream._read_again()
        return connection.action_open_facts()

    def action_take_over(self):
        """Work from now on as NetSuite's list of features says."""
        self._check_administrator()
        self.ensure_one()
        fact = self.sudo()  # sudo: netsuite.fact - the sync's; an administrator decides
        if not fact.told:
            return False
        source = self.env._(
            "NetSuite's list of enabled features, taken over by %s", self.env.user.name
        )
        fact._set(fact.told, source)
        fact._solve_issue("fact")
        fact.connection_id._fact_taken_over(fact)
        return fact.connection_id.action_open_setup()

    # === BUSINESS METHODS - LEARNING === #

    @api.model
    def _of(self, connection, key):
        """Return what is known of `key`, empty when nothing is."""
        # sudo: netsuite.fact - only the sync writes them, also where a person started it
        return connection.sudo().fact_ids.filtered(lambda fact: fact.key == key)

    @api.model
    def _learn(self, connection, values, source):
        """Note what an answer says, where nothing is known yet; confirm what says the same.

        What says otherwise changes nothing: it is listed for an administrator.

        :param values: {key: "yes", "no" or "unknown"}.
        :param source: the evidence, a translated sentence.
        :return: the facts that say otherwise.
        """
        now = fields.Datetime.now()
        # sudo: netsuite.fact - only the sync writes them, also where a person started it
        known = {fact.key: fact for fact in connection.sudo().fact_ids}
        new, other = [], self.browse()
        old = now - timedelta(hours=CONFIRM_HOURS)
        for key, value in values.items():
            fact = known.get(key)
            if not fact:
                new.append(
                    {"connection_id": connection.id, "key": key, "value": value, "source": source}
                )
            elif value == "unknown":
                continue
            elif fact.value == "unknown":
                fact._set(value, source)
            elif fact.value != value:
                other |= fact
            else:
                if fact.told:
                    fact.told = False
                    fact._solve_issue("fact")
                if not fact.confirmed_at or fact.confirmed_at < old:
                    fact.confirmed_at = now
        if new:
            self.sudo().create(new)  # sudo: netsuite.fact - as above
        return other

    def _set(self, value, source):
        self.write(
            {
                "value": value,
                "source": source,
                "learnt_at": fields.Datetime.now(),
                "confirmed_at": fields.Datetime.now(),
                "told": False,
            }
        )

    def _ask_about_change(self, value):
        """List that NetSuite's list of features says `value` now, for an administrator."""
        for fact in self:
            if fact.told == value:
                continue
            fact.told = value
            title = (
                self.env._("NetSuite has %s switched on; Odoo works without it", fact._label())
                if value == "yes"
                else self.env._("NetSuite has %s switched off; Odoo works with it", fact._label())
            )
            self.env["netsuite.issue"]._touch(
                fact.connection_id,
                "fact",
                f"fact:{fact.key}",
                title,
                self.env._(
                    "Nothing changes before an administrator decides: take the change over, or set "
                    "this aside and go on as before."
                ),
                severity="1",
            )

    # === BUSINESS METHODS - LOST RIGHTS === #

    def _refuse(self, work, error, concerns=""):
        """Note that NetSuite refuses now what answered before, and list it once.

        :param work: what it stops: a record type, or ``proof``.
        :param error: the `NetsuiteError`, or what is known instead of one.
        :param concerns: a sentence about what of Odoo's it concerns.
        """
        self.ensure_one()
        stopped = self.refused_for or []
        values = {"refused_detail": str(error)}
        if not self.refused_at:
            values["refused_at"] = fields.Datetime.now()
        if work not in stopped:
            values["refused_for"] = [*stopped, work]
        self.write(values)
        self.env["netsuite.issue"]._touch(
            self.connection_id,
            "right",
            f"right:{self.key}",
            self.env._("NetSuite no longer shows Odoo: %s", self._label()),
            f"{concerns} {self._advice()}".strip(),
            detail=str(error),
        )

    @api.model
    def _works_again(self, connection, work):
        """Note that `work` was done: what NetSuite had refused it is answered again.

        :param work: as for `_refuse`.
        """
        # sudo: netsuite.fact - only the sync writes them, also where a person started it
        refused = connection.sudo().fact_ids.filtered(
            lambda fact: fact.refused_at and work in (fact.refused_for or ())
        )
        for fact in refused:
            fact.refused_for = [each for each in fact.refused_for if each != work]
        refused.filtered(lambda fact: not fact.refused_for)._answer()

    def _answer(self):
        """Note that nothing of these facts is refused any more."""
        self.write({"refused_at": False, "refused_for": False, "refused_detail": False})
        for fact in self:
            fact._solve_issue("right")

    def _solve_issue(self, kind):
        self.env["netsuite.issue"].search(
            [
                ("connection_id", "=", self.connection_id.id),
                ("kind", "=", kind),
                ("key", "=", f"{kind}:{self.key}"),
                ("state", "!=", "solved"),
            ]
        )._solve()

    def _ask_again(self):
        """Have read at once what a refusal stopped."""
        for fact in self:
            connection = fact.connection_id
            stopped = fact.refused_for or ()
            streams = connection.stream_ids.filtered(
                lambda stream, stopped=stopped: stream.record_type in stopped
            )
            streams.next_read_at = fields.Datetime.now()
            connection._trigger_cron("fetch")
            if set(stopped) - set(streams.mapped("record_type")):
                connection._ask_refused_again()

    def _say(self, value):
        self._check_administrator()
        # sudo: netsuite.fact - the sync's; an administrator answers
        facts = self.sudo().filtered(lambda fact: fact.value == "unknown")
        facts._set(value, self.env._("Entered by %s", self.env.user.name))
        facts.decided_by_id = self.env.uid
        return True

    def _check_administrator(self):
        self.check_access("read")
        if not self.env.su and not self.env.user.has_group(ADMINISTRATOR_GROUP):
            raise AccessError(self.env._("Only NetSuite administrators may decide this."))

    # === BUSINESS METHODS - WORDS === #

    def _subject(self):
        """Return (kind, table, column) of the key."""
        kind, _colon, rest = (self.key or "").partition(":")
        table, _dot, column = rest.partition(".")
        return kind, table, column

    def _label(self):
        """Return what this fact is about, as people call it."""
        kind, table, column = self._subject()
        features = self._feature_labels()
        if kind in features:
            return features[kind]
        labels = self.env["netsuite.record"]._record_type_labels()
        if kind == "read" and table in labels:
            return labels[table]
        shown = labels.get(table) or self._table_labels().get(table) or table
        if kind == "column":
            return self.env._("Field %(field)s of %(records)s", field=column, records=shown)
        return shown

    @api.model
    def _feature_labels(self):
        return {
            "one_world": self.env._("Subsidiaries (OneWorld)"),
            "multi_currency": self.env._("Multiple Currencies"),
            "projects": self.env._("Projects"),
            "instalments": self.env._("Instalments"),
            "periods": self.env._("Accounting Periods"),
            "departments": self.env._("Departments"),
            "classes": self.env._("Classes"),
            "locations": self.env._("Locations"),
            "suitetax": self.env._("SuiteTax"),
            "multi_book": self.env._("Multi-Book Accounting"),
        }

    @api.model
    def _table_labels(self):
        links = self.env._("Applications (what pays what)")
        return {
            "transaction": self.env._("Transactions"),
            "transactionline": self.env._("Transaction lines"),
            "transactionaccountingline": self.env._("Accounting lines"),
            "previoustransactionlinelink": links,
            "customeraddressbook": self.env._("Addresses of customers"),
            "customeraddressbookentityaddress": self.env._("Addresses"),
            "customersubsidiaryrelationship": self.env._("Subsidiaries of customers"),
            "companycontactrelationship": self.env._("Customers of contacts"),
            "companyfeaturesetup": self.env._("NetSuite's list of features"),
        }

    @api.model
    def _place(self, table):
        """Return where a NetSuite administrator ticks what reading `table` needs.

        :param table: SuiteQL's name of a table, or a record type.
        """
        find = self.env._("Role › Permissions › Transactions: %s (View)"), "Find Transaction"
        transactions = self.env._("Role › Permissions › Transactions: %s (View), Find Transaction")
        lists = self.env._("Role › Permissions › Lists: %s (View)")
        setup = self.env._("Role › Permissions › Setup: %s (View)")
        section, permission = {
            "subsidiary": (lists, "Subsidiaries"),
            "one_world": (lists, "Subsidiaries"),
            "currency": (lists, "Currency"),
            "multi_currency": (lists, "Currency"),
            "account": (lists, "Accounts"),
            "term": (setup, "Accounting Lists"),
            "paymentmethod": (setup, "Accounting Lists"),
            "salestaxitem": (lists, "Tax Items"),
            "accountingperiod": (setup, "Manage Accounting Periods"),
            "customer": (lists, "Customers"),
            "customersubsidiaryrelationship": (lists, "Customers"),
            "customeraddressbook": (lists, "Address"),
            "customeraddressbookentityaddress": (lists, "Address"),
            "contact": (lists, "Contacts"),
            "companycontactrelationship": (lists, "Contacts"),
            "companyfeaturesetup": (setup, "Enable Features"),
            "invoice": (transactions, "Invoice"),
            "creditmemo": (transactions, "Credit Memo"),
            "customerpayment": (transactions, "Customer Payment"),
            "customerdeposit": (transactions, "Customer Deposit"),
            "depositapplication": (transactions, "Customer Deposit"),
            "customerrefund": (transactions, "Customer Refund"),
            "deposit": (transactions, "Deposit"),
            "journalentry": (transactions, "Make Journal Entry"),
        }.get(table, find)
        return section % permission

    def _advice(self):
        self.ensure_one()
        kind, table, _column = self._subject()
        place = self._place(table or kind)
        if self.refused_at or self.value == "yes":
            return self.env._(
                "It was shown before, so the role has probably lost a permission. What depends on "
                "it is not read until it is back; nothing that is booked changes. In NetSuite, "
                "tick: %s. Reading then goes on by itself from where it was.",
                place,
            )
        if self.value == "no":
            return self.env._(
                "Odoo works without it. If the account has it after all, tick in NetSuite: %s.",
                place,
            )
        return self.env._(
            "NetSuite does not tell. Tick in NetSuite: %s; or say here whether the account has it.",
            place,
        )

    def _is_optional(self):
        """Tell whether records can be read without what this fact is about."""
        kind, _table, _column = self._subject()
        name = self.key.partition(":")[2]
        return kind in ("table", "column") and is_dispensable(name)
