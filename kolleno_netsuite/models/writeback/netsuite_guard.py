from odoo import api, models, tools
from odoo.models import MAGIC_COLUMNS


class NetsuiteGuard(models.AbstractModel):
    """Write-backs are written by the program; a person decides about them by its buttons."""

    _inherit = "netsuite.guard"

    @api.model
    def _sync_fields(self):
        found = super()._sync_fields()
        connection = {*found["netsuite.connection"], "field_update_user_id"}
        return {**found, **self._writeback_fields(), "netsuite.connection": connection}

    @api.model
    @tools.ormcache()
    def _writeback_fields(self):
        """Return {model of write-backs: its fields that a person does not write}.

        Asked for with each field that anybody writes.
        """
        free = {
            "netsuite.writeback": {"value_ids"},
            "netsuite.writeback.value": {"choice"},
            "netsuite.writeback.attempt": set(),
        }
        return {
            model: set(self.env[model]._fields) - names - {*MAGIC_COLUMNS, "display_name"}
            for model, names in free.items()
        }
