# isort: skip_file
from . import netsuite_connection
from . import netsuite_stream
from . import netsuite_record
from . import netsuite_record_display
from . import netsuite_run
from . import netsuite_run_line
from . import netsuite_run_overview
from . import netsuite_issue
from . import netsuite_issue_actions
from . import netsuite_mixin
from . import netsuite_run_comparison
from . import netsuite_run_line_comparison
from . import res_company
from . import res_currency
