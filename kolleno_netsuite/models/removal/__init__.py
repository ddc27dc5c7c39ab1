# isort: skip_file
from . import netsuite_record
from . import netsuite_mixin
from . import netsuite_booking
from . import netsuite_connection
from . import netsuite_exclusion
from . import netsuite_issue
