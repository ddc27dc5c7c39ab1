# isort: skip_file
from . import netsuite_record
from . import netsuite_pdf
from . import netsuite_document_undone
from . import netsuite_issue
from . import netsuite_connection
from . import account_move
from . import account_move_send
from . import account_move_held_mail
from . import account_move_send_held
from . import netsuite_connection_held
from . import netsuite_issue_held
from . import ir_actions_report
from . import ir_attachment
from . import mail_template
