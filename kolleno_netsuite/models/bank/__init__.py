# isort: skip_file
from . import netsuite_record
from . import netsuite_stream
from . import netsuite_connection
from . import netsuite_booking
from . import netsuite_booking_payment
from . import netsuite_booking_bank_deposit
from . import account_journal
from . import account_move_line
from . import account_payment
from . import account_bank_statement_line
