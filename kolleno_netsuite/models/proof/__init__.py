# isort: skip_file
from . import netsuite_proof
from . import netsuite_proof_sums
from . import netsuite_proof_explanation
from . import netsuite_proof_healing
from . import netsuite_proof_document
from . import netsuite_proof_side_by_side
from . import netsuite_connection
from . import netsuite_issue
