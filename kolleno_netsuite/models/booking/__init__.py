# isort: skip_file
from . import netsuite_record
from . import netsuite_subsidiary
from . import netsuite_issue
from . import netsuite_connection
from . import netsuite_booking
from . import netsuite_booking_customer
from . import netsuite_booking_hierarchy
from . import netsuite_booking_transaction
from . import netsuite_booking_invoice
from . import netsuite_booking_payment
from . import netsuite_booking_entry
from . import netsuite_booking_deposit_application
from . import netsuite_booking_journal
from . import account_move
from . import account_move_line
from . import account_payment
from . import res_partner
