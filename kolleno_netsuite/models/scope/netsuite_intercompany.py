from odoo import api, fields, models

from ...mappers.intercompany import customer_signals, transaction_signals


class NetsuiteIntercompany(models.Model):
    """A customer that looks like a company of the own group; a person decides.

    NetSuite tells by a customer that represents a subsidiary, by one that belongs to an
    elimination subsidiary, and by transactions that are paired with one of another subsidiary.
    """

    _name = "netsuite.intercompany"
    _description = "NetSuite Intercompany Suggestion"
    _inherit = "netsuite.state.machine"
    _order = "connection_id, state desc, internal_id"
    _rec_name = "customer_name"

    connection_id = fields.Many2one(
        "netsuite.connection", required=True, index=True, ondelete="cascade"
    )
    internal_id = fields.Integer(string="NetSuite Customer", required=True, aggregator=None)
    customer_name = fields.Char(string="Customer")
    represents = fields.Boolean(string="Represents a Subsidiary", readonly=True)
    eliminated = fields.Boolean(string="In an Elimination Subsidiary", readonly=True)
    paired = fields.Boolean(string="Has Intercompany Transactions", readonly=True)
    why = fields.Char(compute="_compute_why", string="NetSuite's Answer")
    state = fields.Selection(
        [
            ("open", "To decide"),
            ("excluded", "Excluded"),
            ("dismissed", "Not intercompany"),
        ],
        transitions={
            "open": {"excluded", "dismissed"},
            "excluded": {"dismissed"},
            "dismissed": {"excluded"},
        },
        required=True,
        default="open",
        readonly=True,
    )

    _customer_unique = models.UniqueIndex(
        "(connection_id, internal_id)", "This customer is already suggested."
    )

    # === COMPUTE METHODS === #

    @api.depends("represents", "eliminated", "paired")
    def _compute_why(self):
        for suggestion in self:
            signals = [
                (suggestion.represents, self.env._("represents a subsidiary")),
                (suggestion.eliminated, self.env._("belongs to an elimination subsidiary")),
                (suggestion.paired, self.env._("has intercompany transactions")),
            ]
            sentence = ", ".join(words for applies, words in signals if applies)
            suggestion.why = sentence[:1].upper() + sentence[1:]

    # === ACTION METHODS === #

    def action_dismiss(self):
        """Note that these customers are outside parties, so that nobody is asked again."""
        self.check_access("write")
        self.filtered(lambda suggestion: suggestion.state == "open")._advance("dismissed")

    # === BUSINESS METHODS === #

    @api.model
    def _notice_customers(self, connection, customers):
        """Suggest the customers that NetSuite marks, and exclude them where that is wanted.

        :param customers: {`netsuite.record`: `mappers.customer.Customer`}.
        """
        eliminations = set(
            connection.subsidiary_ids.filtered("is_elimination").mapped("internal_id")
        )
        found = {}
        for record, customer in customers.items():
            signals = customer_signals(customer, eliminations)
            if signals:
                found[record.internal_id] = (customer.name, signals)
        suggestions = self._suggest(connection, found)
        if connection.exclude_representing:
            suggestions._exclude_representing()

    @api.model
    def _notice_transactions(self, records):
        """Suggest the customers of transactions that NetSuite pairs between subsidiaries.

        :param records: `netsuite.record` rows of one connection and one transaction type.
        """
        found = {
            record.customer_internal_id: (False, signals)
            for record in records
            if record.customer_internal_id and (signals := transaction_signals(record.payload))
        }
        self._suggest(records.connection_id, found)

    def _suggest(self, connection, found):
        """Write suggestions; return those that are there for `found`.

        :param found: {customer's internal id: (name or False, {field: True})}.
        """
        if not found:
            return self
        known = self.search(
            [("connection_id", "=", connection.id), ("internal_id", "in", list(found))]
        )
        for suggestion in known:
            name, signals = found.pop(suggestion.internal_id)
            values = {**signals, **({"customer_name": name} if name else {})}
            changes = {
                field: value for field, value in values.items() if suggestion[field] != value
            }
            if changes:
                suggestion.write(changes)
        names = self._names(connection, found)
        excluded = self.env["netsuite.exclusion"].search(
            [("connection_id", "=", connection.id), ("internal_id", "in", list(found))]
        )
        followed = set(excluded.mapped("internal_id"))
        return known + self.create(
            [
                {
                    "connection_id": connection.id,
                    "internal_id": internal_id,
                    "customer_name": name or names.get(internal_id, False),
                    "state": "excluded" if internal_id in followed else "open",
                    **signals,
                }
                for internal_id, (name, signals) in found.items()
            ]
        )

    def _names(self, connection, internal_ids):
        """Return {customer's internal id: NetSuite's name} of those that were read."""
        records = self.env["netsuite.record"].search(
            [
                ("connection_id", "=", connection.id),
                ("record_type", "=", "customer"),
                ("internal_id", "in", list(internal_ids)),
            ]
        )
        return {record.internal_id: record.name for record in records}

    def _exclude_representing(self):
        """Put those that represent a subsidiary on the exclusion list, unless dismissed."""
        chosen = self.filtered(lambda each: each.represents and each.state == "open")
        self.env["netsuite.exclusion"].create(
            [
                {
                    "connection_id": suggestion.connection_id.id,
                    "internal_id": suggestion.internal_id,
                    "reason": "intercompany",
                    "automatic": True,
                }
                for suggestion in chosen
            ]
        )

    @api.model
    def _settle(self, exclusions):
        """Note that suggestions were followed."""
        for connection, group in exclusions.grouped("connection_id").items():
            self.search(
                [
                    ("connection_id", "=", connection.id),
                    ("internal_id", "in", group.mapped("internal_id")),
                ]
            )._advance("excluded")

    @api.model
    def _dismiss(self, connection, internal_ids):
        """Note that somebody took customers off the exclusion list: no setting puts them back."""
        self.search(
            [("connection_id", "=", connection.id), ("internal_id", "in", list(internal_ids))]
        )._advance("dismissed")
