from odoo import api, models


class AccountPaymentRegister(models.TransientModel):
    _inherit = "account.payment.register"

    @api.model_create_multi
    def create(self, vals_list):
        wizards = super().create(vals_list)
        # By whichever way the wizard was opened: a list, a bill's button, another module.
        self.env["netsuite.guard"]._check(wizards.line_ids.move_id, "pay")
        return wizards
