from odoo import SUPERUSER_ID, api

# Scheduled action -> its name in the version before, where it said less than the action does.
FORMER_NAMES = {
    "ir_cron_heal": ("NetSuite: take up what was left behind", "NetSuite: retry what waits"),
    "ir_cron_daily": (
        "NetSuite: daily check and reconciliation",
        "NetSuite: daily check and reconciliation",
    ),
    "ir_cron_compare": (
        "NetSuite: weekly comparison of all IDs",
        "NetSuite: weekly full check",
    ),
    "ir_cron_documents": (
        "NetSuite: fetch PDFs in advance",
        "NetSuite: fetch PDFs and send held e-mails",
    ),
}


def migrate(cr, version):
    """Give scheduled actions the names that new databases have; a person's own name stays."""
    env = api.Environment(cr, SUPERUSER_ID, {"lang": "en_US"})
    for name, (former, present) in FORMER_NAMES.items():
        cron = env.ref(f"kolleno_netsuite.{name}", raise_if_not_found=False)
        if cron and cron.name == former:
            # By its server action: a cron itself cannot be written while it runs.
            cron.ir_actions_server_id.name = present
