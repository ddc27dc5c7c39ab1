from odoo import api, models
from odoo.exceptions import UserError

# {model: fields that sign in to NetSuite, or did}: they never leave in a file.
SECRET_FIELDS = {
    "netsuite.connection": {
        *("private_key", "consumer_key", "consumer_secret", "token_id", "token_secret"),
    },
    "netsuite.session": {"access_token"},
}


class Base(models.AbstractModel):
    """What signs in to NetSuite is never exported, whichever model shows it."""

    _inherit = "base"

    # === BUSINESS METHODS === #

    def _export_rows(self, fields, *, _is_toplevel_call=True):
        # Each model on the way of a path is asked for its own part of it.
        if any(path and self._is_netsuite_secret(path[0]) for path in fields):
            raise UserError(self.env._("The sign-in of a connection is never exported."))
        return super()._export_rows(fields, _is_toplevel_call=_is_toplevel_call)

    @api.model
    def _is_netsuite_secret(self, name):
        """Tell whether a field of this model signs in to NetSuite, or shows one that does."""
        field = self._fields.get(name)
        while field is not None and field.related:
            field = field.related_field
        return field is not None and field.name in SECRET_FIELDS.get(field.model_name, ())
