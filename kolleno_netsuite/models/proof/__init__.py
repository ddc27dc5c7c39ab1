# isort: skip_file
from . import netsuite_left_out
from . import netsuite_proof
from . import netsuite_proof_own_entries
from . import netsuite_proof_shared_contact
from . import netsuite_proof_sums
from . import netsuite_proof_explanation
from . import netsuite_proof_healing
from . import netsuite_proof_document
from . import netsuite_proof_side_by_side
from . import netsuite_completeness
from . import netsuite_connection
from . import netsuite_connection_standing
from . import netsuite_connection_completeness
from . import netsuite_record
from . import netsuite_stream
from . import netsuite_issue
