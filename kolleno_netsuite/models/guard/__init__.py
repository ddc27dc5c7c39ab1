# isort: skip_file
from . import netsuite_guard
from . import base
from . import account_bank_statement_line
from . import account_journal
from . import account_move
from . import account_move_line
from . import account_partial_reconcile
from . import account_payment
from . import payment_transaction
