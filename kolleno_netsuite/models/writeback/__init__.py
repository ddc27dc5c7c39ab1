# isort: skip_file
from . import netsuite_connection
from . import netsuite_connection_sending
from . import netsuite_writeback
from . import netsuite_writeback_value
from . import netsuite_writeback_attempt
from . import netsuite_writeback_sending
from . import netsuite_writeback_screen
from . import netsuite_field_mapping
from . import netsuite_mixin
from . import netsuite_update_line
from . import ir_actions_server
from . import netsuite_issue
from . import netsuite_guard
