from . import test_bank_deposits
