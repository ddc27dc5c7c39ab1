# isort: skip_file
from . import netsuite_record
from . import netsuite_mixin
from . import netsuite_booking
from . import netsuite_field
from . import netsuite_field_mapping
from . import netsuite_field_mapping_reading
from . import netsuite_field_mapping_booking
from . import netsuite_fetch
from . import netsuite_connection
from . import netsuite_issue
from . import res_partner
