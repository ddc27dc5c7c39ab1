# isort: skip_file
from . import netsuite_stream
from . import netsuite_record
from . import netsuite_connection
from . import netsuite_fetch
from . import netsuite_contact
from . import netsuite_contact_archiving
from . import netsuite_contact_field
from . import netsuite_booking
from . import netsuite_booking_contact
from . import netsuite_booking_person
from . import netsuite_booking_customer
from . import netsuite_booking_move
from . import account_move
from . import account_move_send
from . import mail_thread
from . import res_partner
