from . import (
    netsuite_exclude,
    netsuite_exclude_line,
)
