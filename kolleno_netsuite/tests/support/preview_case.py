from .setup_case import SetupCase


class PreviewCase(SetupCase):
    """An account with documents of each kind, to be counted before they are imported."""

    def prepare(self):
        super().prepare()
        self.home = self.customer()
        self.abroad = self.customer("Zeeland Kaden", subsidiary=self.UK, currency=self.GBP)
        paid = self.invoice(self.home, 100, 20, tax=self.SALES_TAX)
        self.payment(self.home, 150, apply={paid: 100})
        self.credit_memo(self.home, 30)
        self.voided = self.invoice(self.home, 60)
        self.simulator.act("void", id=self.voided)
        self.foreign = self.invoice(self.abroad, 77)
        self.old = self.invoice(self.home, 10, days_ago=300)
        self.payment(self.home, 10, apply={self.old: 10}, days_ago=290)
        linked = self.invoice(self.home, 25, days_ago=300)
        self.payment(self.home, 25, apply={linked: 25}, days_ago=5)
        deposit = self.deposit(self.home, 90)
        advanced = self.invoice(self.home, 35)
        self.apply_deposit(deposit, {advanced: 35})
        self.refund(self.home, deposits={deposit: 15})
        self.journal((self.AR, 12, self.home), (self.SALES, -12))
        self.journal((self.BANK, 12), (self.SALES, -12))
        self.later()

    def imported(self, setup):
        """Import, and return what the import made."""
        setup.action_import()
        connection = setup.connection_id.with_env(self.env)
        self.drive(connection)
        return connection
