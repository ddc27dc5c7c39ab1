# isort: skip_file
from . import netsuite_connection_actions
from . import netsuite_connection_drivers
from . import netsuite_connection_units
from . import netsuite_connection_overview
from . import netsuite_resync
from . import netsuite_record
from . import netsuite_mixin
from . import netsuite_proof_document
from . import res_partner
