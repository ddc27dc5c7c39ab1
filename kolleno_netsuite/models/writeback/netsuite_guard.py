from odoo import api, models


class NetsuiteGuard(models.AbstractModel):
    """Write-backs are written by the program; a person decides about them by its buttons."""

    _inherit = "netsuite.guard"

    @api.model
    def _sync_fields(self):
        found = super()._sync_fields()
        own = {
            "netsuite.writeback": self._stored("netsuite.writeback", but=("value_ids",)),
            "netsuite.writeback.value": self._stored("netsuite.writeback.value", but=("choice",)),
            "netsuite.writeback.attempt": self._stored("netsuite.writeback.attempt"),
        }
        connection = {*found["netsuite.connection"], "field_update_user_id"}
        return {**found, **own, "netsuite.connection": connection}

    @api.model
    def _stored(self, model, but=()):
        """Return the names of the fields of a model, without Odoo's own and `but`."""
        fields = self.env[model]._fields.values()
        return {field.name for field in fields if not field.automatic and field.name not in but}
