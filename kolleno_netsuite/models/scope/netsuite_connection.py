from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools.misc import formatLang

from .scope import Scope

# Settings that decide who is mirrored: a change has every customer evaluated again.
SCOPE_SETTINGS = {"import_inactive", "import_leads", "primary_only", "exclude_representing"}
# Why customers are not mirrored whom nobody put on the exclusion list.
LEFT_OUT_BY_RULE = ("inactive", "lead", "primary")


class NetsuiteConnection(models.Model):
    """Which customers are mirrored, what is open of the others, and what has no company."""

    _inherit = "netsuite.connection"

    # === FIELDS: SETTINGS === #

    import_inactive = fields.Selection(
        [
            ("never", "Never"),
            ("open", "Only with something open"),
            ("always", "Always"),
        ],
        string="Import Inactive Customers",
        required=True,
        default="open",
        help="What happens to customers that are already inactive in NetSuite when they are "
        "first read. A customer that becomes inactive later stays, and is archived once "
        "none of its items is open.",
    )
    import_leads = fields.Boolean(
        string="Import Leads and Prospects",
        help="Leads and prospects become partners as customers do. If this is off, one of them is "
        "imported as soon as it is a customer in NetSuite, or anything was posted for it.",
    )
    primary_only = fields.Boolean(
        string="Only Customers of Their Primary Subsidiary",
        help="Customers are imported only if their primary subsidiary has a company in Odoo, "
        "together with their contacts and transactions, including those in other mapped "
        "subsidiaries. If this is off, it is enough that one of the customer's "
        "subsidiaries is mapped.",
    )
    exclude_representing = fields.Boolean(
        string="Exclude Intercompany Customers",
        help="Customers that represent a subsidiary of your own group are put on the exclusion "
        "list automatically. If this is off, they are only suggested.",
    )
    # === FIELDS: WHAT IS NOT SYNCED === #

    exclusion_ids = fields.One2many("netsuite.exclusion", "connection_id")
    exclusion_count = fields.Integer(compute="_compute_left_out", string="Excluded Customers")
    suggestion_count = fields.Integer(compute="_compute_left_out", string="To Decide")
    left_out_count = fields.Integer(compute="_compute_left_out", string="Customers Not Synced")
    left_out_text = fields.Text(
        compute="_compute_left_out",
        string="Not Synced",
        help="How many customers are not synced, and their open balance in NetSuite.",
    )
    out_of_scope_count = fields.Integer(
        compute="_compute_out_of_scope_count",
        string="Excluded, Still in Odoo",
        help="Customers that are in Odoo and no longer mirrored.",
    )
    inactive_count = fields.Integer(
        compute="_compute_out_of_scope_count",
        string="Inactive, in Odoo",
        help="Customers that are inactive in NetSuite and were imported before.",
    )

    withdrawal_count = fields.Integer(
        compute="_compute_withdrawal_count",
        string="Being Excluded",
        help="Excluded customers whose documents are still being cancelled.",
    )

    customers_per_company = fields.Boolean(
        string="One Partner per Company",
        help="If this is off, a customer of several subsidiaries is one partner that all "
        "companies share, with its own payment terms in each. If it is on, each company "
        "that the customer buys from has its own partner. Choose before the first import.",
    )
    skipped_text = fields.Char(
        compute="_compute_skipped_text",
        help=("What is skipped because its subsidiary is not mapped."),
    )

    # === CONSTRAINT METHODS === #

    @api.constrains("customers_per_company")
    def _check_customers_per_company(self):
        for connection in self:
            # Documents of all companies count, also of those that the user does not see.
            if connection.sudo()._has_documents():
                raise ValidationError(
                    self.env._(
                        "Documents of %s are already booked, and their customers cannot be "
                        "exchanged: choose One Partner per Company before the first import.",
                        connection.name,
                    )
                )

    # === COMPUTE METHODS === #

    @api.depends("exclusion_ids")
    @api.depends_context("allowed_company_ids")
    def _compute_left_out(self):
        exclusions = self._counts("netsuite.exclusion", [])
        suggestions = self._counts("netsuite.intercompany", [("state", "=", "open")])
        for connection in self:
            connection.exclusion_count = exclusions.get(connection, 0)
            connection.suggestion_count = suggestions.get(connection, 0)
            connection.left_out_count = sum(connection._not_synced_numbers().values())
            connection.left_out_text = connection._not_synced_sentences()

    def _not_synced_sentences(self):
        """Return one line for each reason: how many customers, and what they have open."""
        self.ensure_one()
        numbers = self._not_synced_numbers()
        amounts = {}
        for reason, currency, total in self._not_synced_amounts(["reason", "currency_name"]):
            amounts.setdefault(reason, []).append(self._not_synced_amount(total, currency))
        labels = dict(
            self.env["netsuite.left.out"]._fields["reason"]._description_selection(self.env)
        )
        lines = []
        for reason, number in numbers.items():
            words = {"reason": labels[reason], "count": number}
            if number and reason in amounts:
                words["amounts"] = " · ".join(amounts[reason])
                sentence = self.env._(
                    "%(reason)s: %(count)s, open in NetSuite: %(amounts)s", **words
                )
            else:
                sentence = self.env._("%(reason)s: %(count)s (no open balance)", **words)
            lines += [sentence] if number else []
        return "\n".join(lines)

    def _not_synced_amounts(self, groups):
        """Return what is not mirrored and open in NetSuite: the groups, and the sum of each."""
        return self.env["netsuite.left.out"]._read_group(
            [("connection_id", "=", self._origin.id)], groups, ["netsuite_open:sum"]
        )

    def _not_synced_amount(self, total, currency_name):
        digits = self._digits_of(currency_name)
        return f"{formatLang(self.env, total, digits=digits)} {currency_name}"

    def _not_synced_numbers(self):
        """Return {reason: number of customers that are not mirrored for it}."""
        own = [("connection_id", "=", self._origin.id)]
        by_kind = dict(self.env["netsuite.exclusion"]._read_group(own, ["reason"], ["__count"]))
        by_rule = dict(
            self.env["netsuite.record"]._read_group(
                [
                    *own,
                    ("record_type", "=", "customer"),
                    ("left_out", "in", LEFT_OUT_BY_RULE),
                ],
                ["left_out"],
                ["__count"],
            )
        )
        intercompany = by_kind.pop("intercompany", 0)
        return {
            "intercompany": intercompany,
            "excluded": sum(by_kind.values()),
            **{rule: by_rule.get(rule, 0) for rule in LEFT_OUT_BY_RULE},
        }

    def _digits_of(self, currency_name):
        currency = self.env["res.currency"].with_context(active_test=False)
        return currency.search([("name", "=", currency_name)], limit=1).decimal_places or 0

    def _compute_out_of_scope_count(self):
        kept = self._partners_by_connection(self._kept_domain())
        inactive = self._partners_by_connection(self._inactive_domain())
        for connection in self:
            connection.out_of_scope_count = kept.get(connection._origin, 0)
            connection.inactive_count = inactive.get(connection._origin, 0)

    def _partners_by_connection(self, domain):
        """Return {connection: number of partners in `domain`}."""
        counts = {}
        for record, number in (
            self.env["res.partner"]
            .with_context(active_test=False)
            ._read_group(
                [*domain, ("netsuite_record_id.connection_id", "in", self.ids)],
                ["netsuite_record_id"],
                ["__count"],
            )
        ):
            connection = record.connection_id
            counts[connection] = counts.get(connection, 0) + number
        return counts

    @api.model
    def _kept_domain(self):
        """Return the domain of partners in use whose customers are not mirrored."""
        return [
            ("active", "=", True),
            ("netsuite_shell", "=", False),
            ("netsuite_record_id.left_out", "!=", False),
        ]

    @api.model
    def _inactive_domain(self):
        """Return the domain of partners that mirror inactive customers."""
        return [
            ("netsuite_inactive", "=", True),
            ("netsuite_record_id.left_out", "=", False),
        ]

    def _compute_withdrawal_count(self):
        counts = dict(
            self.env["netsuite.record"]._read_group(
                [("connection_id", "in", self.ids), ("withdrawal", "!=", False)],
                ["connection_id"],
                ["__count"],
            )
        )
        for connection in self:
            connection.withdrawal_count = counts.get(connection._origin, 0)

    @api.depends("subsidiary_ids.company_id")
    def _compute_skipped_text(self):
        for connection in self:
            skipped = connection.subsidiary_ids.filtered("skipped_text")
            connection.skipped_text = bool(skipped) and self.env._(
                "Skipped (subsidiary not mapped): %s",
                "; ".join(f"{row.name} ({row.skipped_text})" for row in skipped),
            )

    # === CRUD METHODS === #

    def _settings_changed(self, before):
        super()._settings_changed(before)
        if SCOPE_SETTINGS & set(before):
            # sudo: netsuite.record - who may change the setting may not write the sync's records.
            Scope(self.sudo()).evaluate_again()

    # === ACTION METHODS === #

    def action_open_left_out(self):
        """Open what the customers who are not mirrored have open in NetSuite."""
        return self._open_list("kolleno_netsuite.netsuite_left_out_action")

    def action_open_not_synced(self):
        """Open the customers who are not mirrored, also those with nothing open."""
        action = self._open_list(
            "kolleno_netsuite.netsuite_record_action",
            {"search_default_group_left_out": True},
        )
        return {
            **action,
            "name": self.env._("Not Synced"),
            "domain": [
                *action["domain"],
                ("record_type", "=", "customer"),
                ("left_out", "in", ("excluded", *LEFT_OUT_BY_RULE)),
            ],
        }

    def action_open_exclusions(self):
        """Open the exclusion list."""
        return self._open_list("kolleno_netsuite.netsuite_exclusion_action")

    def action_open_intercompany(self):
        """Open the customers that look like companies of the own group."""
        return self._open_list(
            "kolleno_netsuite.netsuite_intercompany_action", {"search_default_open": True}
        )
