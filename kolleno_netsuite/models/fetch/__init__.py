# isort: skip_file
from . import netsuite_record
from . import netsuite_fetch
from . import netsuite_fetch_landing
from . import netsuite_fetch_columns
from . import netsuite_connection
from . import netsuite_connection_facts
