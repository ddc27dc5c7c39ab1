# isort: skip_file
from . import netsuite_application
from . import netsuite_connection
from . import netsuite_issue
from . import netsuite_booking_application
from . import netsuite_booking_open_balance
from . import netsuite_booking_set_off
from . import account_move_line
