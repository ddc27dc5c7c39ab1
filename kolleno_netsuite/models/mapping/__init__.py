# isort: skip_file
from . import netsuite_subsidiary
from . import netsuite_subsidiary_reimport
from . import netsuite_subsidiary_offset
from . import netsuite_record
from . import netsuite_mapping
from . import netsuite_mapping_suggestion
from . import netsuite_mapping_creation
from . import netsuite_mapping_rebooking
from . import netsuite_mapping_booked
from . import netsuite_reference
from . import netsuite_issue
from . import netsuite_connection
from . import account_journal
