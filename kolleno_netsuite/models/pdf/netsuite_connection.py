import json
import re
from datetime import timedelta, timezone

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import SQL, split_every

from ...client.errors import ErrorKind, NetsuiteError
from ...client.restlets import DEPLOYMENT, MEGABYTE, SCRIPT, Restlets, answer_limit
from ...const import LOCK_DOCUMENTS, PAGE_SIZE, PRINTED_TYPES
from ...mappers.fields import BODY_PREFIX
from ...mappers.queries.pdf_files import changed_files_query
from ..sync.netsuite_connection_driving import Work
from ..sync.netsuite_connection_steps import Step
from .pdf_fetcher import PdfFetcher

# Documents located by one query and fetched, each in a commit of its own.
DOCUMENT_CHUNK = 20
# What RESTlets refuse because too many run is asked for again this often: a mail waits for it.
DOCUMENT_TRIES = 3
# After NetSuite said that the script or a permission is missing, screens leave it alone for so
# long; a button or an e-mail asks at once.
PAUSE_HOURS = 1

# What a language looks like in NetSuite: with its country, or without.
LOCALE = re.compile(r"[a-z]{2,3}(_[A-Z]{2}|_[0-9]{3})?")

# SQL, because the ORM cannot compare two columns: fetched for another state of the document.
# Only open documents: whatever was settled long ago is fetched when someone wants it.
DUE_DOCUMENTS = """
SELECT id FROM netsuite_record
WHERE connection_id = %(connection)s AND record_type = %(type)s AND state = 'booked'
  AND priority = 0 AND res_model = 'account.move' AND id > %(after)s
  AND (pdf_modified IS DISTINCT FROM last_modified OR pdf_asked IS DISTINCT FROM %(asked)s
       OR (pdf_state = 'failed' AND pdf_next_try <= %(now)s)
       OR (pdf_state = 'current' AND pdf_listed_at IS NULL AND %(files)s))
ORDER BY id LIMIT %(limit)s
"""


class NetsuiteConnection(models.Model):
    """The PDFs of invoices and credit memos: which ones, when, and what if they do not come.

    Its drivers fetch PDFs in advance and send the e-mails that were held for theirs.
    """

    _inherit = "netsuite.connection"

    # === FIELDS: DOCUMENTS === #

    pdf_source = fields.Selection(
        [
            ("generated", "NetSuite's generated PDF"),
            ("field", "Document field, else NetSuite's generated PDF"),
            ("field_only", "Document field only"),
            ("attached", "Attached file by name, else NetSuite's generated PDF"),
            ("none", "None: Odoo's own report"),
        ],
        string="PDF of Invoices",
        required=True,
        default="generated",
        help="The PDF that customers get of mirrored invoices and credit memos. NetSuite's "
        "generated PDF needs the SuiteApp in NetSuite.",
    )
    pdf_field_invoice = fields.Char(
        string="Document Field of Invoices",
        help="ID of the custom field of type Document, as custbody_invoice_pdf. In NetSuite: "
        "Customization > Lists, Records, & Fields > Transaction Body Fields.",
    )
    pdf_field_creditmemo = fields.Char(
        string="Document Field of Credit Memos",
        help="ID of the custom field of type Document on credit memos; it may be the same.",
    )
    pdf_pattern = fields.Char(
        string="Name of the Attached File",
        default="{tranId}*.pdf",
        help="{tranId} stands for the document's number, * for any text and ? for one "
        "character. If several files fit, the newest one is used.",
    )
    pdf_in_advance = fields.Boolean(
        string="Fetch PDFs in Advance",
        help="If this is off, a PDF is fetched when someone opens, sends, prints or downloads "
        "the document for the first time. If it is on, the PDFs of open documents are "
        "fetched after each synchronisation, one at a time.",
    )
    pdf_form = fields.Char(
        string="Form in NetSuite",
        help="Internal ID of the form or template to print with. Leave it empty to let "
        "NetSuite choose.",
    )
    pdf_locale = fields.Char(
        string="Language of the PDF",
        help="Such as de_DE or fr_FR. Leave it empty to let NetSuite choose.",
    )
    pdf_attachments = fields.Boolean(
        string="Include Other Attachments",
        help="Also fetch the other files attached to the document in NetSuite, and send them "
        "with it. Off by default.",
    )
    pdf_on_failure = fields.Selection(
        [
            ("send", "Send without it and note it on the document"),
            ("hold", "Hold the e-mail and warn"),
        ],
        string="If the PDF Is Not Available",
        required=True,
        default="send",
        help="What happens to an e-mail if NetSuite does not deliver the PDF. A held one is "
        "sent automatically once the PDF is there; otherwise it is sent without, and the "
        "document notes it.",
    )
    pdf_timeout = fields.Integer(
        string="Wait for a PDF (seconds)",
        default=30,
        help=(
            "How long Odoo waits for NetSuite's PDF before it gives up for now and tries "
            "again later."
        ),
    )
    pdf_size_limit = fields.Integer(
        string="Largest File (MB)",
        default=25,
        help="Larger files are not fetched. NetSuite's scripts deliver 10 MB at most.",
    )
    document_script = fields.Char(
        string="RESTlet",
        required=True,
        default=SCRIPT,
        help="Script ID of the SuiteApp's RESTlet that delivers documents.",
    )
    document_deployment = fields.Char(
        string="Deployment of the RESTlet",
        required=True,
        default=DEPLOYMENT,
        help="ID of the RESTlet's deployment.",
    )

    _pdf_timeout_range = models.Constraint(
        "CHECK (pdf_timeout BETWEEN 1 AND 300)",
        ("The time to wait for a PDF has to be between 1 and 300 seconds."),
    )
    _pdf_size_range = models.Constraint(
        "CHECK (pdf_size_limit BETWEEN 1 AND 100)", "The largest file has 1 to 100 MB."
    )

    # === CONSTRAINT METHODS === #

    @api.constrains("pdf_form", "pdf_locale")
    def _check_pdf_print_options(self):
        for connection in self:
            form, locale = connection.pdf_form, connection.pdf_locale
            if form and not (form.isascii() and form.isdigit()):
                raise ValidationError(
                    self.env._(
                        '"%s" is not the internal ID of a form: it is a number, as NetSuite shows '
                        "under Customization > Forms > Transaction Forms.",
                        form,
                    )
                )
            if locale and not LOCALE.fullmatch(locale):
                raise ValidationError(
                    self.env._('"%s" is not a language such as de_DE or fr_FR.', locale)
                )

    @api.constrains("pdf_source", "pdf_field_invoice", "pdf_field_creditmemo", "pdf_pattern")
    def _check_pdf_source(self):
        for connection in self:
            named = [connection.pdf_field_invoice, connection.pdf_field_creditmemo]
            for field in filter(None, named):
                sentence = self._field_id_sentence(field)
                if not sentence and not field.startswith(BODY_PREFIX):
                    sentence = self.env._(
                        "%s is not a document field of a transaction: its ID starts with custbody.",
                        field,
                    )
                if sentence:
                    raise ValidationError(sentence)
            if connection.pdf_source in ("field", "field_only") and not any(named):
                raise ValidationError(
                    self.env._("Enter the document field of invoices or of credit memos.")
                )
            if connection.pdf_source == "attached" and not connection.pdf_pattern:
                raise ValidationError(self.env._("Enter the name of the attached file."))

    # === CRUD METHODS === #

    @api.model
    def _normalised(self, vals):
        vals = super()._normalised(vals)
        names = [name for name in ("pdf_field_invoice", "pdf_field_creditmemo") if vals.get(name)]
        # SuiteQL knows fields in small letters; people paste them as NetSuite shows them.
        vals = {**vals, **{name: vals[name].strip().lower() for name in names}}
        if vals.get("pdf_form"):
            vals["pdf_form"] = vals["pdf_form"].strip() or False
        if vals.get("pdf_locale"):
            vals["pdf_locale"] = _locale(vals["pdf_locale"])
        return vals

    # === WORKS === #

    @api.model
    def _works(self):
        return {
            **super()._works(),
            "documents": Work(self.env._("Fetching PDFs"), "pdf_in_advance"),
            "held": Work(self.env._("Sending held e-mails"), cron="documents"),
            "files": Work(self.env._("Looking for replaced files"), cron="daily"),
        }

    def _taken_up(self):
        super()._taken_up()
        self._trigger_cron("documents")

    # === CRON METHODS === #

    @api.model
    def _cron_documents(self):
        """Fetch the PDFs that are due, one document per commit."""
        self._drive_each("documents", lambda connection: connection._drive_pdfs())
        self._drive_all_held_mails()

    # === DRIVERS === #

    def _drive_pdfs(self):
        """Fetch the PDFs of open documents that are new or changed, one after the other.

        In the hours meant for reading, like reading itself; what a person needs comes at any hour.
        One call at a time and apart from reading and booking, which keep the other slots.
        """
        self.ensure_one()
        if not self.pdf_in_advance or self.pdf_source == "none" or self.state != "connected":
            return
        if not self._in_business_hours():
            return
        with self._locked(LOCK_DOCUMENTS) as locked:
            fetcher, errors = PdfFetcher(self, self._pdf_client()) if locked else None, []
            for record_type in PRINTED_TYPES if locked else ():
                if not self._drive_pdfs_of(fetcher, record_type, errors):
                    break
            if errors:
                raise errors[0]

    def _drive_pdfs_of(self, fetcher, record_type, errors):
        """Fetch what is due of one record type; return False when there is no use in going on.

        :param errors: where errors are added that nobody foresaw; each costs one document.
        """
        client = fetcher.client
        records = self.env["netsuite.record"]
        while records := self._due_pdfs(record_type, after=max(records.ids, default=0)):
            located = self._commit_unit(fetcher.locate, records, client=client)
            for record in records:
                failure, error = self._shielded(
                    lambda record=record, located=located: self._commit_unit(
                        fetcher.fetch_one, record, located, client=client
                    ),
                    part=True,
                )
                errors += [error] if error else []
                if failure and fetcher.concerns_all(failure):
                    return False
                if self._is_interrupted("documents"):
                    return False
        return True

    def _due_pdfs(self, record_type, after=0):
        """Return the next open documents whose PDF is due, in the order of their ids."""
        rows = self.env.execute_query(
            SQL(
                DUE_DOCUMENTS,
                connection=self.id,
                type=record_type,
                after=after,
                asked=self._pdf_asked(record_type),
                now=fields.Datetime.now(),
                files=self._pdf_uses_files(),
                limit=DOCUMENT_CHUNK,
            )
        )
        return self.env["netsuite.record"].browse([record_id for (record_id,) in rows])

    def _daily_steps(self):
        return [*super()._daily_steps(), Step(90, self._drive_changed_files)]

    def _drive_changed_files(self):
        """Have PDFs fetched again whose file was replaced."""
        self.ensure_one()
        if self.state != "connected":
            return
        client = self._client()
        self._commit_asking("files", self._notice_changed_files, client, client=client)

    @api.model
    def _drive_all_held_mails(self):
        """Try the held e-mails of every connection."""
        self._drive_each("held", lambda connection: connection._drive_held_mails())

    def _drive_held_mails(self):
        """Try each held e-mail once, one per commit."""
        self.ensure_one()
        moves = self._held_moves()
        if not moves:
            return
        with self._locked(LOCK_DOCUMENTS) as locked:
            if locked:
                self._each_apart(self._held_units(moves))

    def _held_units(self, moves):
        """Yield what tries each e-mail, until there is no time left."""
        for move in moves:
            yield lambda move=move: self._commit_unit(move._netsuite_try_held)
            if self._is_interrupted("documents"):
                return

    def _held_moves(self):
        """Return the documents of this connection with held e-mails, the oldest first."""
        return self.env["account.move"].search(
            [
                ("netsuite_held_at", "!=", False),
                ("netsuite_record_id.connection_id", "=", self.id),
            ],
            order="netsuite_held_at, id",
        )

    # === BUSINESS METHODS === #

    def _pdf_asked(self, record_type):
        """Return in one word what the settings ask for; a PDF got by other settings is due."""
        self.ensure_one()
        return json.dumps(
            [
                self.pdf_source,
                self._pdf_field(record_type),
                self.pdf_source == "attached" and self.pdf_pattern,
                self.pdf_form or "",
                self.pdf_locale or "",
                self.pdf_attachments,
            ]
        )

    def _pdf_uses_files(self):
        """Tell whether files that are attached to documents in NetSuite matter."""
        self.ensure_one()
        return self.pdf_attachments or self.pdf_source == "attached"

    def _pdf_field(self, record_type):
        """Return the document field of a record type; empty when none is used."""
        if self.pdf_source not in ("field", "field_only"):
            return ""
        return self[f"pdf_field_{record_type}"] or ""

    def _pdf_client(self):
        """Return a client for documents: a person waits, so it gives up early.

        :raise UserError: the connection cannot be used; what to do is in the message.
        """
        self.ensure_one()
        if self.state != "connected":
            raise UserError(self.env._("%s is not connected to NetSuite at the moment.", self.name))
        return self._client(
            patience=self.pdf_timeout,
            read_timeout=self.pdf_timeout,
            answer_timeout=self.pdf_timeout,
            body_limit=answer_limit(self.pdf_size_limit * MEGABYTE),
            max_tries=DOCUMENT_TRIES,
            repeats=lambda failure: (
                failure.kind is ErrorKind.CONCURRENCY and failure.code != "NO_FREE_SLOT"
            ),
        )

    def _restlets(self, client):
        """Return the documents of this account, asked through `client`."""
        return Restlets(
            client.transport,
            self.document_script,
            self.document_deployment,
            self.pdf_size_limit * MEGABYTE,
        )

    def _pdfs_paused(self):
        """Return the issue because of which screens do not ask for PDFs just now."""
        since = fields.Datetime.now() - timedelta(hours=PAUSE_HOURS)
        return self.env["netsuite.issue"].search(
            [
                ("connection_id", "=", self.id),
                ("kind", "=", "document"),
                ("key", "=", "document:setup"),
                ("state", "!=", "solved"),
                ("last_seen", ">", since),
            ],
            limit=1,
        )

    def _notice_changed_files(self, client):
        """Let documents be fetched again whose file got other contents under the same id.

        Replacing a file in the File Cabinet does not change the invoice, so no stream tells it. Nor
        does a new one, which may be attached to any document: those are asked about their files.
        """
        Attachment = self.env["ir.attachment"]
        mirrored = [
            ("netsuite_connection_id", "=", self.id),
            ("netsuite_file_id", "!=", 0),
            # Named, or Odoo leaves out the official PDFs, which belong to a field.
            ("res_field", "in", (False, "invoice_pdf_report_file")),
        ]
        if not self._pdf_uses_files() and not Attachment.search_count(mirrored, limit=1):
            return
        since = fields.Datetime.now() - timedelta(days=self.lookback_days)
        since = client.clock.from_utc(since.replace(tzinfo=timezone.utc))
        try:
            rows = client.rows(changed_files_query(since))
            changed = {int(row["id"]): row.get("modified") for row in rows}
        except NetsuiteError as error:
            if error.kind is not ErrorKind.PERMISSION:
                raise
            # Without the table of files a changed file is noticed when its document changes.
            return
        newest = None
        for ids in split_every(PAGE_SIZE, changed):
            held = Attachment.search([*mirrored, ("netsuite_file_id", "in", ids)])
            official = held.filtered("res_field")
            # Unchanged ones cost a look each and are not fetched again.
            self._records_with(official).pdf_asked = False
            self._records_with(held - official).pdf_listed_at = False
            unknown = set(ids) - set(held.mapped("netsuite_file_id"))
            moments = [_moment(client.clock, changed[file_id]) for file_id in unknown]
            newest = max([*filter(None, [newest]), *moments], default=None)
        if newest and self._pdf_uses_files():
            self._list_files_before(newest)

    def _records_with(self, files):
        """Return the records of the documents that these files are on."""
        moves = self.env["account.move"].browse(files.mapped("res_id")).exists()
        return moves.netsuite_record_id

    def _list_files_before(self, moment):
        """Let NetSuite be asked again what is attached to documents, where it was asked before.

        :param moment: when the newest file came that is on none of them (UTC, naive).
        """
        Record = self.env["netsuite.record"]
        Record.flush_model(["pdf_state", "pdf_listed_at"])
        # SQL, because all documents with a PDF may be more than fit into memory.
        self.env.execute_query(
            SQL(
                """UPDATE netsuite_record SET pdf_listed_at = NULL
                   WHERE connection_id = %s AND pdf_state = 'current' AND pdf_listed_at <= %s
                   RETURNING id""",
                self.id,
                moment,
            )
        )
        Record.invalidate_model(["pdf_listed_at"])


def _locale(text):
    """Return a language as NetSuite writes it: de_DE, however it was typed."""
    language, _sep, country = text.strip().replace("-", "_").partition("_")
    return "_".join(filter(None, (language.lower(), country.upper()))) or False


def _moment(clock, text):
    """Return a time of NetSuite's as UTC without zone; now where it cannot be read."""
    try:
        return clock.to_utc(text).replace(tzinfo=None)
    except (TypeError, ValueError, OverflowError):
        return fields.Datetime.now()
