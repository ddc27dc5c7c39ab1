from odoo import SUPERUSER_ID, api

# As `netsuite.booking.payment` books it from now on: by NetSuite's status, or by the account.
DEPOSITED = """
UPDATE account_payment p SET netsuite_deposited = TRUE
FROM netsuite_record r, account_account a
WHERE r.id = p.netsuite_record_id AND a.id = p.outstanding_account_id AND (
    a.account_type IN ('asset_cash', 'liability_credit_card')
    OR (r.record_type, r.payload->'row'->>'status')
        IN (('customerpayment', 'C'), ('customerdeposit', 'B'))
    OR EXISTS (
        SELECT 1 FROM jsonb_array_elements(COALESCE(r.payload->'lines', '[]')) line
        JOIN netsuite_mapping m ON m.internal_id::text = line->>'account'
        WHERE line->>'mainline' = 'T' AND m.connection_id = r.connection_id
            AND m.company_id = p.company_id AND m.kind = 'account'
            AND m.ns_type IN ('Bank', 'CredCard')))
"""


def migrate(cr, version):
    """Call mirrored payments paid by the one rule: their money is in the bank."""
    env = api.Environment(cr, SUPERUSER_ID, {"active_test": False})
    cr.execute(DEPOSITED)
    payments = env["account.payment"].search([("netsuite_record_id", "!=", False)])
    payments.invalidate_recordset(["netsuite_deposited"])
    for name in ("is_matched", "state"):
        env.add_to_compute(payments._fields[name], payments)
    env.flush_all()
