from odoo import api, models
from odoo.exceptions import AccessError


class Base(models.AbstractModel):
    """What only the synchronisation may know, it alone writes, on every model.

    Every way of a user into a record ends here: forms, imports, wizards and remote calls. The
    server's own code works as superuser, which no browser can claim to be.
    """

    _inherit = "base"

    # === BUSINESS METHODS === #

    @api.model
    def _has_field_access(self, field, operation):
        if operation == "write" and not self.env.su and self._is_netsuite_field(field):
            return False
        return super()._has_field_access(field, operation)

    @api.model
    def _check_field_access(self, field, operation):
        if operation == "write" and not self.env.su and self._is_netsuite_field(field):
            raise AccessError(
                self.env._(
                    "%(field)s of %(model)s is kept by the NetSuite synchronisation. Nobody else "
                    "may change it.",
                    field=field._description_string(self.env) or field.name,
                    model=self.env["ir.model"]._get(self._name).name,
                )
            )
        return super()._check_field_access(field, operation)

    @api.model
    def _is_netsuite_field(self, field):
        """Tell whether `field` of this model is written by the synchronisation only."""
        guarded = self.env.get("netsuite.guard")
        return guarded is not None and field.name in guarded._sync_fields().get(self._name, ())
