# isort: skip_file
from . import netsuite_record
from . import netsuite_connection
from . import netsuite_booking_transaction
from . import netsuite_booking_journal
from . import account_move
from . import account_move_line
from . import account_move_send
from . import res_partner_group
from . import res_partner
