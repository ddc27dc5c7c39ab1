from . import (
    netsuite_connection,
    netsuite_exclude,
    netsuite_exclude_line,
    netsuite_exclusion,
    netsuite_intercompany,
)
