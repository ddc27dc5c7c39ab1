# isort: skip_file
from . import base
from . import state_machine
from . import netsuite_connection
from . import netsuite_connection_identity
from . import netsuite_connection_sign_in
from . import netsuite_connection_unit_of_work
from . import netsuite_connection_pause
from . import netsuite_session
from . import netsuite_call
