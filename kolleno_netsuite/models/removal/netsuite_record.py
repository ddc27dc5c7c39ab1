from odoo import api, fields, models

# Set-up records that are mapped, and the kind of their mappings.
MAPPED_KINDS = {
    "account": "account",
    "term": "term",
    "paymentmethod": "payment_method",
    "salestaxitem": "tax",
}


class NetsuiteRecord(models.Model):
    """What became of a record that NetSuite no longer has, or counts for nothing."""

    _inherit = "netsuite.record"

    removal_step = fields.Selection(
        [
            ("suspected", "To be checked"),
            ("certain", "To be cancelled or reversed"),
            ("asked", "Waits for a person"),
            ("confirmed", "Confirmed, to be checked"),
            ("cleared", "Confirmed as gone"),
        ],
        transitions={
            False: {"suspected", "certain", "asked"},
            "suspected": {"certain", "asked", False},
            "certain": {"asked", False},
            "asked": {"confirmed", False},
            "confirmed": {"cleared", False},
            "cleared": {False},
        },
        string="Removal",
        readonly=True,
        help="How far NetSuite's deletion was followed: a suspected deletion is checked by its "
        "ID; many deletions at once wait until someone confirms them.",
    )
    former_customer_internal_id = fields.Integer(
        aggregator=None,
        help="Customer that the document belonged to before NetSuite gave it to another one.",
    )

    _removal_index = models.Index(
        "(connection_id, removal_step, record_type) WHERE removal_step IS NOT NULL"
    )
    _former_customer_index = models.Index(
        "(connection_id, former_customer_internal_id) WHERE former_customer_internal_id <> 0"
    )

    # === BUSINESS METHODS === #

    @api.model
    def _waiting_removals(self, connection, steps, record_types=None):
        """Return the domain of the records whose removal stands at one of `steps`."""
        domain = [("connection_id", "=", connection.id), ("removal_step", "in", list(steps))]
        if record_types is not None:
            domain.append(("record_type", "in", list(record_types)))
        return domain

    def _mark_removed(self):
        """Note on these records, and in one line on what mirrors them, that they are gone."""
        for record in self:
            record._advance(
                "removed",
                message=False,
                removal_step=False,
                removal_kind="merged" if record.merged_into_id else "deleted",
            )
            target = record._target()
            if record.connection_id.note_changes and hasattr(target, "_message_log"):
                target._message_log(body=record._removal_note(target))

    def _removal_note(self, target):
        sentence = self._removal_sentence()
        if target._name != "account.payment":
            return sentence
        return self.env._("%s It is not sent to NetSuite again.", sentence)

    def _flag_references(self):
        """Flag the mappings of set-up records that NetSuite deleted; documents keep them."""
        for record in self:
            domain = [
                ("connection_id", "=", record.connection_id.id),
                ("internal_id", "=", record.internal_id),
            ]
            if record.record_type == "subsidiary":
                rows = self.env["netsuite.subsidiary"].search(domain)
            else:
                kind = MAPPED_KINDS.get(record.record_type)
                rows = self.env["netsuite.mapping"].search([*domain, ("kind", "=", kind)])
            rows.is_inactive = True
            self.env["netsuite.issue"]._touch(
                record.connection_id,
                "removal",
                f"gone:{record.record_type}:{record.internal_id}",
                self.env._(
                    "%(name)s was deleted in NetSuite (%(type)s)",
                    name=record.name,
                    type=self._record_type_labels()[record.record_type],
                ),
                self.env._(
                    "What is booked stays as it is, and its mapping is kept as inactive. New "
                    "documents will name another one: map that one when asked."
                ),
                severity="0",
            )
