from types import SimpleNamespace

from odoo import SUPERUSER_ID, api, models


class NetsuiteDocument(models.AbstractModel):
    """What went wrong with a PDF is kept although the request that met it is undone.

    Printing and downloading say it by an error, and Odoo undoes all that came before an error:
    the log of the calls and the line in Issues, too.
    """

    _inherit = "netsuite.document"

    # === BUSINESS METHODS === #

    @api.model
    def _note_although_undone(self, connection, calls, failures):
        """Note calls and failures once more should this transaction be rolled back.

        :param calls: the calls that were made, as `NetsuiteClient.calls` has them.
        :param failures: {record: `NetsuiteError`}.
        """
        registry, connection_id = self.env.registry, connection.id
        errors = {record.id: error for record, error in failures.items()}

        def note():
            # A transaction of its own: the one that met the trouble is over. Only the sync
            # writes logs and issues.
            with registry.cursor() as cr:
                env = api.Environment(cr, SUPERUSER_ID, {})
                known = env["netsuite.connection"].browse(connection_id).exists()
                known._store_calls(SimpleNamespace(calls=list(calls)))
                for record in env["netsuite.record"].browse(errors).exists():
                    env["netsuite.document"]._note_failure(record, errors[record.id])

        self.env.cr.postrollback.add(note)
