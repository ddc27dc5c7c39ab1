from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    """Let mappings that name a field nobody may write to NetSuite read it only.

    The direction had no effect until now, so nobody was told. What only went out is archived.
    """
    env = api.Environment(cr, SUPERUSER_ID, {"active_test": False})
    outgoing = env["netsuite.field.mapping"].search([("direction", "!=", "in")])
    for mapping in outgoing:
        sentence = mapping.connection_id._unwritable_sentence(
            mapping.field_name, mapping.record_type
        )
        if sentence or mapping._unsendable_sentence():
            both = mapping.direction == "both"
            mapping.write({"direction": "in"} if both else {"active": False})
