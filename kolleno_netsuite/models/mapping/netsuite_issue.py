from odoo import api, fields, models

from ..record.netsuite_issue import Fix


class NetsuiteIssue(models.Model):
    """What is not mapped is mapped where the issue opens it."""

    _inherit = "netsuite.issue"

    kind = fields.Selection(
        selection_add=[
            ("mapping", "Mapping missing"),
            ("subsidiary", "Subsidiary not mapped"),
            ("customer",),
        ],
        ondelete={"mapping": "cascade", "subsidiary": "cascade"},
    )

    # === BUSINESS METHODS === #

    @api.model
    def _fixes(self):
        return {
            **super()._fixes(),
            "mapping": [Fix(self.env._("Map it"), "_open_mapping")],
            "subsidiary": [Fix(self.env._("Choose a company"), "_open_subsidiary")],
        }

    def _open_mapping(self):
        mapping = self.env["netsuite.mapping"]._of_key(self.connection_id, self.key)
        # The dialog starts from the best guess, which is not used before someone accepts it.
        mapping.filtered(lambda row: row.state == "none")._suggest()
        return self._open_dialog("netsuite.mapping", mapping)

    def _open_subsidiary(self):
        subsidiary = self.env["netsuite.subsidiary"].search(
            [
                ("connection_id", "=", self.connection_id.id),
                ("internal_id", "=", self._key_number(1)),
            ],
            limit=1,
        )
        if not subsidiary:
            return self.connection_id.action_open_subsidiaries()
        return self._open_dialog("netsuite.subsidiary", subsidiary)
