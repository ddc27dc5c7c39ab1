from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    """Give the to-dos of lost connections their own type: only these close by reconnecting."""
    env = api.Environment(cr, SUPERUSER_ID, {})
    env["mail.activity"].search(
        [
            ("res_model", "=", "netsuite.connection"),
            ("activity_type_id", "=", env.ref("mail.mail_activity_data_todo").id),
            ("summary", "=", "Reconnect NetSuite"),
            ("automated", "=", True),
        ]
    ).activity_type_id = env.ref("kolleno_netsuite.mail_activity_data_reconnect")
