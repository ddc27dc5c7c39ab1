# isort: skip_file
from . import netsuite_connection
from . import netsuite_stream
from . import netsuite_record
from . import netsuite_fact
from . import netsuite_run
from . import netsuite_run_line
from . import netsuite_issue
from . import netsuite_mixin
from . import res_company
from . import res_currency
from . import res_currency_rate
