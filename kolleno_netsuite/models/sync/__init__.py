# isort: skip_file
from . import netsuite_connection_steps
from . import netsuite_connection_driving
from . import netsuite_connection_move
from . import netsuite_connection_schedule
