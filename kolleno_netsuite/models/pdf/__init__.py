# isort: skip_file
from . import netsuite_record
from . import netsuite_issue
from . import netsuite_connection
from . import account_move
from . import account_move_send
from . import account_move_held_mail
from . import ir_actions_report
from . import ir_attachment
from . import mail_template
