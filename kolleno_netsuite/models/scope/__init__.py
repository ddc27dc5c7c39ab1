# isort: skip_file
from . import netsuite_record
from . import netsuite_connection
from . import netsuite_exclusion
from . import netsuite_intercompany
from . import netsuite_left_out
from . import netsuite_subsidiary
