from odoo import api, models

from ...client.suiteql import column, field_id_fault
from ...mappers.queries.record_sources import RECORD_SOURCES


class NetsuiteFetch(models.AbstractModel):
    """The e-mail fields that contacts come from are read with their customer or invoice."""

    _inherit = "netsuite.fetch"

    @api.model
    def _extra_columns(self, connection, record_type):
        alias = RECORD_SOURCES[record_type].alias
        return {
            **super()._extra_columns(connection, record_type),
            **{
                name: column(f"{alias}.{name}")
                for name in connection._contact_rules(record_type)._columns()
                if not field_id_fault(name)
            },
        }

    @api.model
    def _begin_reading(self, streams):
        super()._begin_reading(streams)
        for record_type in streams.mapped("record_type"):
            streams.connection_id._contact_rules(record_type)._list_unaskable()
