from . import (
    account_payment_register,
    base_partner_merge,
    netsuite_exclude,
    netsuite_exclude_line,
)
