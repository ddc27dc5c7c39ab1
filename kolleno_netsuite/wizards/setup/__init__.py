from . import (
    netsuite_connection,
    netsuite_setup,
    netsuite_setup_check,
    netsuite_setup_companies,
    netsuite_setup_line,
    netsuite_setup_preview,
    netsuite_setup_reason,
    netsuite_setup_testing,
)
