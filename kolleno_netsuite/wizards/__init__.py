from . import (
    account_move_send_wizard,
    account_payment_register,
    base_partner_merge,
    exclude,
    netsuite_contact_cleanup,
    netsuite_pause,
    netsuite_push,
    netsuite_subsidiary_reimport,
    setup,
)
