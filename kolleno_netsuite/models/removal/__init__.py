# isort: skip_file
from . import netsuite_record
from . import netsuite_withdrawal
from . import netsuite_booking
from . import netsuite_removal
from . import netsuite_removal_deleted_records
from . import netsuite_connection
from . import netsuite_issue
