from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import float_compare, formatLang

from ...mappers.account_types import RECEIVABLE, can_stand_for
from ...mappers.text import enumerated
from .mapping_resolver import MappingResolver

# Digits to which two rates of a tax are compared, in percent.
RATE_DIGITS = 4

# Field that holds the target of each kind.
TARGET_FIELDS = {
    "account": "account_id",
    "account_type": "account_id",
    "tax": "tax_id",
    "term": "payment_term_id",
    "payment_method": "payment_method_line_id",
}


class NetsuiteMapping(models.Model):
    """What one NetSuite account, tax code, term or payment method is in one Odoo company."""

    _name = "netsuite.mapping"
    _description = "NetSuite Mapping"
    _order = "connection_id, kind, company_id, code, name"
    _check_company_auto = True

    connection_id = fields.Many2one(
        "netsuite.connection", required=True, index=True, ondelete="cascade"
    )
    kind = fields.Selection(
        [
            ("account", "Account"),
            ("account_type", "Account type"),
            ("tax", "Tax code"),
            ("term", "Terms"),
            ("payment_method", "Payment method"),
        ],
        required=True,
    )
    internal_id = fields.Integer(
        help="NetSuite's internal ID; 0 for an account type.", aggregator=None
    )
    code = fields.Char(help="Account number, or the account type's NetSuite code.")
    name = fields.Char(required=True)
    ns_type = fields.Char(string="NetSuite Type", help="NetSuite's account type, as AcctRec.")
    ns_special = fields.Char(
        string="NetSuite Role",
        help=("What NetSuite itself uses the account for, such as UndepFunds."),
    )
    ns_rate = fields.Float(
        string="Rate (%)", help="Rate of a tax code, in percent.", aggregator=None
    )
    ns_days = fields.Integer(
        string="Days", help="Days from the invoice until it is due.", aggregator=None
    )
    ns_discount = fields.Float(
        string="Discount (%)", help="Discount for paying early, in percent.", aggregator=None
    )
    ns_discount_days = fields.Integer(string="Discount Days", aggregator=None)
    company_id = fields.Many2one("res.company", required=True)
    account_id = fields.Many2one("account.account", check_company=True, string="Odoo Account")
    tax_id = fields.Many2one(
        "account.tax",
        check_company=True,
        string="Odoo Tax",
        domain="[('type_tax_use', '=', 'sale')]",
    )
    payment_term_id = fields.Many2one(
        "account.payment.term", check_company=True, string="Odoo Payment Terms"
    )
    payment_method_line_id = fields.Many2one(
        "account.payment.method.line",
        check_company=True,
        string="Odoo Payment Method",
        domain="[('payment_type', '=', 'inbound'),"
        " ('journal_id.netsuite_connection_id', '=', connection_id)]",
        help="A method of the journal in which mirrored payments are booked.",
    )
    state = fields.Selection(
        [("none", "Not mapped"), ("suggested", "Suggested"), ("manual", "Chosen")],
        required=True,
        default="none",
        help="A suggestion is used only once someone has accepted it.",
    )
    suggestion_reason = fields.Char(help="Why this target is suggested.")
    type_account_id = fields.Many2one(
        "account.account",
        compute="_compute_type_account_id",
        string="Account of the Type",
        help="Account for the whole account type, used where an account has no mapping of its own.",
    )
    is_inactive = fields.Boolean(string="Inactive in NetSuite")
    waiting_count = fields.Integer(compute="_compute_waiting_count", string="Records Waiting")
    tax_warning = fields.Char(
        compute="_compute_tax_warning",
        help="Why documents with this tax code are not in Odoo's tax report.",
    )

    _target_unique = models.UniqueIndex(
        "(connection_id, kind, internal_id, company_id) WHERE kind <> 'account_type'",
        "This is already mapped.",
    )
    _account_type_unique = models.UniqueIndex(
        "(connection_id, code, company_id) WHERE kind = 'account_type'",
        "This account type is already mapped.",
    )

    # === COMPUTE METHODS === #

    @api.depends("kind", "ns_type", "company_id")
    def _compute_type_account_id(self):
        types = self.search(
            [
                ("connection_id", "in", self.connection_id.ids),
                ("kind", "=", "account_type"),
                ("state", "=", "manual"),
                ("company_id", "in", self.company_id.ids),
            ]
        )
        accounts = {(row.connection_id, row.company_id, row.code): row.account_id for row in types}
        for mapping in self:
            key = (mapping.connection_id, mapping.company_id, mapping.ns_type)
            mapping.type_account_id = mapping.kind == "account" and accounts.get(key)

    @api.depends("state")
    def _compute_waiting_count(self):
        """Count the records that wait for each mapping, by the keys of their issues."""
        keys = {mapping: mapping._released_keys() for mapping in self}
        issues = self.env["netsuite.issue"].search(
            [
                ("connection_id", "in", self.connection_id.ids),
                ("state", "!=", "solved"),
                ("key", "in", [key for of_mapping in keys.values() for key in of_mapping]),
            ]
        )
        by_key = {(issue.connection_id, issue.key): issue for issue in issues}
        for mapping in self:
            found = [by_key.get((mapping.connection_id, key)) for key in keys[mapping]]
            found = [issue for issue in found if issue]
            if len(found) > 1:
                # A record that waits for two accounts of one type waits once.
                mapping.waiting_count = self.env["netsuite.record"].search_count(
                    [("issue_ids", "in", [issue.id for issue in found])]
                )
            else:
                mapping.waiting_count = found[0].record_count if found else 0

    @api.depends("kind", "state", "tax_id", "ns_rate", "company_id")
    def _compute_tax_warning(self):
        for mapping in self:
            mapping.tax_warning = mapping.kind == "tax" and mapping._tax_warning()

    # === CONSTRAINT METHODS === #

    @api.constrains("state", *set(TARGET_FIELDS.values()))
    def _check_chosen(self):
        for mapping in self:
            if mapping.state == "manual" and not mapping._target():
                raise ValidationError(
                    self.env._("Choose the Odoo counterpart of %s.", mapping.display_name)
                )

    @api.constrains("account_id", "ns_type", "kind")
    def _check_account_type(self):
        for mapping in self.filtered(lambda row: row.account_id and row.ns_type):
            account = mapping.account_id
            if not can_stand_for(mapping.ns_type, account.account_type):
                raise ValidationError(mapping._wrong_type_sentence(account))

    @api.constrains("payment_method_line_id")
    def _check_payment_method(self):
        """Refuse a method of another journal: no mirrored payment could have it."""
        for mapping in self.filtered("payment_method_line_id"):
            method = mapping.payment_method_line_id
            if method.journal_id.netsuite_connection_id != mapping.connection_id:
                raise ValidationError(
                    self.env._(
                        "%(method)s is a payment method of the journal %(journal)s, and mirrored "
                        "payments are booked in a journal of their own: it would have no effect. "
                        "Choose a method of that journal, or press Create in Odoo.",
                        method=method.name,
                        journal=method.journal_id.name,
                    )
                )

    def _wrong_type_sentence(self, account):
        """Return why Odoo cannot post on `account` what NetSuite posts on this one."""
        self.ensure_one()
        if self.ns_type == RECEIVABLE:
            return self.env._(
                "%(netsuite)s is a receivables account: choose a receivable account, not "
                "%(account)s.",
                netsuite=self.display_name,
                account=account.display_name,
            )
        return self.env._(
            "Odoo posts on %(account)s only what partners owe or are owed; it cannot take the "
            "amounts of %(netsuite)s. Choose an account of another type.",
            netsuite=self.display_name,
            account=account.display_name,
        )

    # === CRUD METHODS === #

    @api.depends("kind", "code", "name")
    def _compute_display_name(self):
        for mapping in self:
            numbered = mapping.kind == "account" and mapping.code
            mapping.display_name = f"{mapping.code} {mapping.name}" if numbered else mapping.name

    @api.model_create_multi
    def create(self, vals_list):
        mappings = super().create([self._with_state(vals) for vals in vals_list])
        mappings._release()
        mappings._note_booked_before({})
        return mappings

    def write(self, vals):
        vals = self._with_state(vals)
        if "account_id" in vals:
            self._check_receivable_kept(vals["account_id"])
        chosen = self._chosen_targets()
        result = super().write(vals)
        if {"state", *TARGET_FIELDS.values()} & set(vals):
            self._release()
            self._note_booked_before(chosen)
        return result

    @api.model
    def _with_state(self, vals):
        """Return `vals` where a target that a person wrote counts as chosen."""
        targets = [vals[name] for name in TARGET_FIELDS.values() if name in vals]
        if not targets or "state" in vals:
            return vals
        if any(targets):
            return {**vals, "state": "manual", "suggestion_reason": False}
        return {**vals, "state": "none", "suggestion_reason": False}

    def _check_receivable_kept(self, account_id):
        """Keep a receivable account on which mirrored documents are booked.

        An application joins two lines of one account: with another account from now on, new
        payments could not be applied to the invoices that are there.
        """
        for mapping in self.filtered(
            lambda row: (
                row.ns_type == RECEIVABLE
                and row.state == "manual"
                and row.account_id
                and row.account_id.id != account_id
            )
        ):
            booked = self.env["account.move.line"].search_count(
                [
                    ("account_id", "=", mapping.account_id.id),
                    ("company_id", "=", mapping.company_id.id),
                    ("journal_id.netsuite_connection_id", "=", mapping.connection_id.id),
                    ("reconciled", "=", False),
                ],
                limit=1,
            )
            if booked:
                raise ValidationError(
                    self.env._(
                        "Open invoices and payments of %(netsuite)s are booked on %(account)s; "
                        "payments on another account could not be applied to them.",
                        netsuite=mapping.display_name,
                        account=mapping.account_id.display_name,
                    )
                )

    # === ACTION METHODS === #

    def action_accept(self):
        """Use the suggestions among these mappings; accounts that are proposed are created.

        What has to be checked is used only where it is the only one.

        :return: a notification that names what was not used; True when all was.
        :raise AccessError: only new accounts are proposed, and the user may not create any.
        """
        left = self.filtered("needs_check") if len(self) > 1 else self.browse()
        suggested = self.filtered(lambda mapping: mapping.state == "suggested") - left
        proposed = suggested.filtered(lambda mapping: not mapping._target())
        suggested -= proposed
        if suggested and not self.env["account.account"].has_access("create"):
            # The others wait for somebody who may.
            proposed = proposed.browse()
        proposed.action_create_accounts()
        suggested.write({"state": "manual", "suggestion_reason": False})
        if not left:
            return True
        sentence = left._to_check_sentence()
        return left.connection_id[:1]._notification(sentence, "warning")

    def _to_check_sentence(self):
        """Return that these suggestions were not accepted together with the others."""
        return self.env._(
            "Not accepted, because the account of the same number has another name: %s. Accept "
            "each by itself, or choose another account.",
            enumerated(list(dict.fromkeys(self.mapped("display_name")))),
        )

    def action_clear(self):
        """Take the targets of these mappings off again."""
        for kind, mappings in self.grouped("kind").items():
            mappings.write({TARGET_FIELDS[kind]: False})
        return True

    # === BUSINESS METHODS === #

    @api.model
    def _resolver(self, connection, company):
        """Return what answers, for a chunk of records, what NetSuite's IDs are in `company`."""
        mappings = self.search(
            [("connection_id", "=", connection.id), ("company_id", "=", company.id)]
        )
        return MappingResolver(mappings, connection, company)

    @api.model
    def _of_key(self, connection, key):
        """Return the mapping that an issue's key names, made when there is none yet.

        :param key: as ``account:4711:1``.
        """
        kind, internal_id, company_id = key.split(":")
        values = {
            "connection_id": connection.id,
            "kind": kind,
            "internal_id": int(internal_id),
            "company_id": int(company_id),
        }
        mapping = self.search([(name, "=", value) for name, value in values.items()], limit=1)
        if mapping:
            return mapping
        record = self.env["netsuite.record"].search(
            [
                ("connection_id", "=", connection.id),
                ("record_type", "=", self._record_types()[kind]),
                ("internal_id", "=", int(internal_id)),
            ],
            limit=1,
        )
        told = (
            self.env["netsuite.reference"]._mapping_values(record)
            if record
            else {"name": internal_id}
        )
        # sudo: netsuite.mapping - what NetSuite tells of it is the sync's, whoever asks for it
        mapping = self.sudo().create({**told, **values}).sudo(self.env.su)
        mapping._suggest()
        return mapping

    @api.model
    def _record_types(self):
        """Return {kind: NetSuite record type}."""
        return {
            "account": "account",
            "tax": "salestaxitem",
            "term": "term",
            "payment_method": "paymentmethod",
        }

    def _issue_key(self):
        """Return the key under which records wait for this mapping (`exceptions.Missing`)."""
        self.ensure_one()
        return f"{self.kind}:{self.internal_id}:{self.company_id.id}"

    def _released_keys(self):
        """Return the keys of all that this mapping is an answer to.

        An account type answers for each of its accounts that has no account of its own.
        """
        self.ensure_one()
        if self.kind != "account_type":
            return [self._issue_key()]
        issues = self.env["netsuite.issue"].search(
            [
                ("connection_id", "=", self.connection_id.id),
                ("state", "!=", "solved"),
                ("key", "=like", f"account:%:{self.company_id.id}"),
            ]
        )
        return [
            issue.key
            for issue in issues
            if self._account_type(self.connection_id, int(issue.key.split(":")[1])) == self.code
        ]

    @api.model
    def _account_type(self, connection, internal_id):
        """Return NetSuite's type of an account that was read, empty when it was not."""
        record = self.env["netsuite.record"].search(
            [
                ("connection_id", "=", connection.id),
                ("record_type", "=", "account"),
                ("internal_id", "=", internal_id),
            ],
            limit=1,
        )
        return record.payload["row"].get("accttype", "") if record else ""

    def _release(self):
        """Book again what waited for those of these mappings that are chosen now."""
        chosen = self.filtered(lambda mapping: mapping.state == "manual")
        for connection, mappings in chosen.grouped("connection_id").items():
            # sudo: netsuite.issue, netsuite.record - written by the sync; mapping an account
            # releases them
            self.env["netsuite.issue"].sudo()._release(
                connection.sudo(),
                [key for mapping in mappings for key in mapping._released_keys()],
            )

    def _target(self):
        """Return what is mapped: an account, a tax, payment terms or a method line."""
        self.ensure_one()
        return self[TARGET_FIELDS[self.kind]]

    def _tax_warning(self):
        """Return why Odoo's tax report has no document with this tax code; False if it can."""
        self.ensure_one()
        tax = self.tax_id if self.state == "manual" else self.tax_id.browse()
        if not tax:
            return self.env._("It is not mapped to an Odoo tax.")
        obstacle = self._tax_obstacle(tax, self.company_id)
        if obstacle or not float_compare(tax.amount, self.ns_rate, precision_digits=RATE_DIGITS):
            return obstacle
        return self.env._(
            "Odoo's tax is %(odoo)s%%, NetSuite's %(netsuite)s%%: the amounts do not fit.",
            odoo=formatLang(self.env, tax.amount, digits=2),
            netsuite=formatLang(self.env, self.ns_rate, digits=2),
        )

    @api.model
    def _tax_obstacle(self, tax, company):
        """Return why no amount of NetSuite's can be `tax` in the books of `company`, or False."""
        distributions = (tax.invoice_repartition_line_ids, tax.refund_repartition_line_ids)
        for applies, sentence in (
            (
                tax.amount_type != "percent",
                self.env._("The Odoo tax is not a percentage of the net amount."),
            ),
            (tax.price_include, self.env._("The Odoo tax is included in the price.")),
            (
                tax.include_base_amount,
                self.env._("The Odoo tax changes what other taxes are computed of."),
            ),
            (
                tax.tax_exigibility == "on_payment",
                self.env._("The Odoo tax falls due when the invoice is paid (cash basis)."),
            ),
            (
                not all(map(_is_whole, distributions)),
                self.env._("The Odoo tax is distributed over several accounts or tax grids."),
            ),
            (
                tax.country_id != company.account_fiscal_country_id,
                self.env._("The Odoo tax is not one of the company's country."),
            ),
        ):
            if applies:
                return sentence
        return False

    def _missing_title(self):
        """Return the sentence under which records that wait for this mapping are listed."""
        self.ensure_one()
        titles = {
            "account": self.env._(
                "Account %(name)s is not mapped in %(company)s",
                name=self._quoted(),
                company=self.company_id.name,
            ),
            "tax": self.env._(
                "Tax code %(name)s is not mapped in %(company)s",
                name=self._quoted(),
                company=self.company_id.name,
            ),
        }
        return titles[self.kind]

    def _missing_advice(self):
        """Return what to do about this mapping."""
        self.ensure_one()
        if self.kind == "account":
            return self.env._(
                "Choose its Odoo account, or the account for its whole type. What waits is "
                "booked automatically."
            )
        return self.env._("Choose its Odoo tax. What waits is booked automatically.")

    def _quoted(self):
        """Return the number and the quoted name, as ``4711 "Consulting"``."""
        numbered = self.kind == "account" and self.code
        return f'{self.code} "{self.name}"' if numbered else f'"{self.name}"'


def _is_whole(distribution):
    """Tell whether a tax is distributed on one line for its base and one for all of its amount."""
    of_tax = distribution.filtered(lambda line: line.repartition_type == "tax")
    return len(of_tax) == 1 and len(distribution) == 2 and of_tax.factor_percent == 100
