import logging
from datetime import timedelta
from os.path import splitext
from types import SimpleNamespace
from typing import NamedTuple

from odoo import SUPERUSER_ID, api, fields, models
from odoo.tools.misc import format_datetime

from ...client.errors import DataError, ErrorKind, NetsuiteError
from ...client.restlets import MEGABYTE, Document, matching
from ...client.suiteql import field_id_fault, rows
from ...const import BACKOFF_MINUTES, MIRROR_CONTEXT
from ...mappers.queries.pdf_files import field_query, read_field_file

_logger = logging.getLogger(__name__)

# What is wrong with the account and not with one document; the other documents need not ask.
SETUP_CODES = ("SSS_INVALID_SCRIPTLET_ID", "DOCUMENT_PERMISSION", "DOCUMENT_SIGN_IN")
# A file that is no PDF stays so until someone does something about it.
DEFINITE_RETRY_HOURS = 24


class Found(NamedTuple):
    """The official PDF of one document, as it was found in NetSuite.

    :param source: a key of `netsuite.record.pdf_source`.
    :param document: the `Document`; None when the file that Odoo holds is still the one.
    :param file_id: internal id in the File Cabinet, 0 for a printed one.
    :param modified: the file's last change in NetSuite's words.
    :param passed_over: the error of the file that should have been used.
    """

    source: str
    document: Document | None
    file_id: int = 0
    modified: str = ""
    passed_over: NetsuiteError | None = None


class NetsuiteDocument(models.AbstractModel):
    """Fetches the PDFs of mirrored invoices and credit memos and keeps them as attachments.

    Units: nothing here commits. What NetSuite refuses is noted on the document and never raised,
    because one document without a PDF must stop neither a mail to others nor the queue.

    What went wrong with a PDF is kept although the request that met it is undone.

    Printing and downloading say it by an error, and Odoo undoes all that came before an error:
    the log of the calls and the line in Issues, too.
    """

    _name = "netsuite.document"
    _description = "NetSuite Document"

    # === UNITS === #

    @api.model
    def _fetch(self, connection, client, records):
        """Fetch the PDFs of `records`; after a trouble that concerns all, the rest is not asked.

        :return: {record: the `NetsuiteError`} of those that have no current PDF now.
        """
        located = self._locate(connection, client, records)
        failures, general = {}, None
        for record in records:
            if general:
                self._note_failure(record, general)
                failures[record] = general
                continue
            failure = self._fetch_one(connection, client, record, located)
            if failure:
                failures[record] = failure
                general = failure if self._concerns_all(failure) else None
        return failures

    @api.model
    def _locate(self, connection, client, records):
        """Ask once which files the document fields of `records` refer to.

        :return: {internal id: `FieldFile`}, or the `NetsuiteError` that NetSuite answered.
        """
        field = connection._pdf_field(records[:1].record_type) if records else ""
        ids = records.mapped("internal_id")
        if not field:
            return {}
        if field_id_fault(field):
            detail = f"{field} cannot stand in a query"
            return DataError("UNKNOWN_COLUMN", detail=detail, params={"column": field})
        try:
            found = rows(client.transport, field_query(field, ids))
            return dict(read_field_file(row) for row in found)
        except NetsuiteError as error:
            if error.code != "UNKNOWN_TABLE":
                return error
        try:
            # A role without sight of the files: a file is then told by its id alone.
            found = rows(client.transport, field_query(field, ids, with_times=False))
            return dict(read_field_file(row) for row in found)
        except NetsuiteError as error:
            return error

    @api.model
    def _fetch_one(self, connection, client, record, located):
        """Fetch the PDF of one record and attach it to the document that mirrors it.

        :param located: what `_locate` returned for a set with this record.
        :return: the `NetsuiteError` because of which there is no current PDF, or None.
        """
        move = record._target()
        if not move or move._name != "account.move":
            return None
        restlets = connection._restlets(client)
        try:
            found = self._find(connection, restlets, record, move, located)
            self._attach(connection, move, found)
            lost = self._fetch_others(connection, restlets, record, move, found)
        except NetsuiteError as error:
            _logger.warning("NetSuite %s: PDF of %s: %s", connection.account_id, record.name, error)
            self._note_failure(record, error)
            return error
        self._note_success(record, move, found, lost)
        return None

    @api.model
    def _concerns_all(self, error):
        """Tell whether the next document would meet the same trouble."""
        return error.code in SETUP_CODES or error.kind not in (ErrorKind.DATA, ErrorKind.NOT_FOUND)

    # === FINDING === #

    @api.model
    def _find(self, connection, restlets, record, move, located):
        """Return what `pdf_source` chooses as `Found`; None when NetSuite has no PDF.

        Only a definite answer leads to another source: what passes by itself is waited for, so
        that no outage makes a printed PDF out of a signed one.

        :raise NetsuiteError: there is none now.
        """
        passed_over = None
        try:
            if connection.pdf_source in ("field", "field_only"):
                found = self._find_in_field(connection, restlets, record, move, located)
            elif connection.pdf_source == "attached":
                found = self._find_attached(connection, restlets, record, move)
            else:
                found = None
            if found or connection.pdf_source == "field_only":
                return found
        except NetsuiteError as error:
            if connection.pdf_source == "field_only" or not self._is_about_the_file(error):
                raise
            passed_over = error
        printed = restlets.print_transaction(
            record.record_type,
            record.internal_id,
            connection.pdf_form or "",
            connection.pdf_locale or "",
        )
        return Found("generated", printed, passed_over=passed_over)

    @api.model
    def _is_about_the_file(self, error):
        return error.code == "DOCUMENT_PERMISSION" or (
            error.kind is ErrorKind.DATA and error.code not in SETUP_CODES
        )

    @api.model
    def _find_in_field(self, connection, restlets, record, move, located):
        if isinstance(located, NetsuiteError):
            raise located
        file = located.get(record.internal_id)
        if not file:
            return None
        return self._found_file(restlets, record, move, "field", file.id, file.modified)

    @api.model
    def _find_attached(self, connection, restlets, record, move):
        files = restlets.attached(record.record_type, record.internal_id)
        file = matching(files, connection.pdf_pattern, record.name or "")
        if not file:
            return None
        self._check_size(connection, file)
        return self._found_file(restlets, record, move, "attached", file.id, file.modified)

    @api.model
    def _found_file(self, restlets, record, move, source, file_id, modified):
        held = move.invoice_pdf_report_id
        # Without a time nobody can say whether the file is still the same.
        if modified and (held.netsuite_file_id, held.netsuite_file_modified) == (file_id, modified):
            return Found(source, None, file_id, modified)
        file = restlets.pdf_of(restlets.file(record.record_type, record.internal_id, file_id))
        return Found(source, file, file_id, modified or file.modified)

    @api.model
    def _check_size(self, connection, file):
        limit = connection.pdf_size_limit
        if file.size > limit * MEGABYTE:
            raise DataError(
                "FILE_TOO_LARGE", detail=file.name, params={"limit": str(limit), "name": file.name}
            )

    @api.model
    def _fetch_others(self, connection, restlets, record, move, found):
        """Fetch the other files that are attached to the document in NetSuite.

        :return: names of files that could not be had.
        """
        held = {file.netsuite_file_id: file for file in move._netsuite_other_files()}
        lost = []
        listed = (
            restlets.attached(record.record_type, record.internal_id)
            if connection.pdf_attachments
            else []
        )
        for file in listed:
            if found and file.id == found.file_id:
                continue
            present = held.pop(file.id, None)
            if present and present.netsuite_file_modified == file.modified:
                continue
            try:
                self._check_size(connection, file)
                contents = restlets.file(record.record_type, record.internal_id, file.id).contents
            except NetsuiteError as error:
                if not self._is_about_the_file(error):
                    raise
                lost.append(file.name)
                continue
            self._keep_as_history(present)
            self._create(connection, move, file.name, contents, file.id, file.modified)
        # What was taken off the document in NetSuite is not sent any more.
        for file in held.values():
            self._keep_as_history(file)
        return lost

    # === KEEPING === #

    @api.model
    def _attach(self, connection, move, found):
        """Make a PDF the official one of `move`; the one before stays as an attachment.

        :param found: `Found`; None when NetSuite has no PDF for the document.
        """
        old = move.invoice_pdf_report_id
        if not found:
            self._keep_as_history(old)
            move.invalidate_recordset(["invoice_pdf_report_id", "invoice_pdf_report_file"])
            return
        if found.document is None:
            return
        if old and old.raw == found.document.contents:
            old.write({"netsuite_file_id": found.file_id, "netsuite_file_modified": found.modified})
            return
        self._keep_as_history(old)
        # The name of Odoo's own PDFs: the Send dialog shows it before the PDF is there.
        attachment = self._create(
            connection,
            move,
            move._get_invoice_report_filename(),
            found.document.contents,
            found.file_id,
            found.modified,
            res_field="invoice_pdf_report_file",
            mimetype="application/pdf",
            description=found.document.name,
        )
        move.with_context(**MIRROR_CONTEXT).message_main_attachment_id = attachment
        move.invalidate_recordset(["invoice_pdf_report_id", "invoice_pdf_report_file"])
        if old and connection.note_changes:
            move._message_log(body=self.env._("PDF updated from NetSuite."))

    @api.model
    def _create(self, connection, move, name, contents, file_id, modified, **values):
        return self.env["ir.attachment"].create(
            {
                "name": name,
                "raw": contents,
                "res_model": move._name,
                "res_id": move.id,
                "company_id": move.company_id.id,
                "netsuite_connection_id": connection.id,
                "netsuite_file_id": file_id,
                "netsuite_file_modified": modified,
                **values,
            }
        )

    @api.model
    def _keep_as_history(self, attachment):
        """Keep a file that is not NetSuite's present one: listed on the document, not sent."""
        if not attachment:
            return
        name, extension = splitext(attachment.name)
        moment = format_datetime(self.env, fields.Datetime.now(), dt_format="yyyy-MM-dd HH.mm")
        name = self.env._("%(name)s (until %(moment)s)", name=name, moment=moment)
        attachment.write({"name": f"{name}{extension}", "res_field": False, "netsuite_file_id": 0})

    # === NOTING === #

    @api.model
    def _note_success(self, record, move, found, lost):
        passed_over = found.passed_over if found else None
        message = self._message(record, passed_over, lost)
        if not found:
            message = self.env._("The document field is empty in NetSuite.")
        if message and message != record.pdf_message and (passed_over or lost):
            move._message_log(body=message)
        record._advance(
            pdf_state="current" if found else "missing",
            pdf_source=found.source if found else False,
            pdf_asked=record.connection_id._pdf_asked(record.record_type),
            pdf_modified=record.last_modified,
            pdf_fetched_at=fields.Datetime.now(),
            pdf_message=message,
            pdf_attempts=0,
            pdf_next_try=False,
        )
        Issue = self.env["netsuite.issue"]
        Issue._pdfs_work(record, about_file=not passed_over)
        if passed_over:
            Issue._pdf_trouble(record, passed_over)

    @api.model
    def _message(self, record, passed_over, lost):
        """Return what a person should know of a PDF that is there, or False."""
        sentences = []
        if passed_over:
            title, _advice = record.connection_id._error_sentences(passed_over)
            sentences.append(self.env._("%s NetSuite's generated PDF is used instead.", title))
        if lost:
            sentences.append(
                self.env._("These attached files could not be fetched: %s.", ", ".join(lost))
            )
        return " ".join(sentences) or False

    @api.model
    def _note_failure(self, record, error):
        """Note why a document has no current PDF, and when to ask again."""
        title, advice = record.connection_id._error_sentences(error)
        passing = error.kind in (ErrorKind.TRANSIENT, ErrorKind.CONCURRENCY)
        attempts = record.pdf_attempts + 1 if record.pdf_state == "failed" else 1
        wait = timedelta(hours=DEFINITE_RETRY_HOURS)
        if passing:
            wait = timedelta(minutes=BACKOFF_MINUTES[min(attempts, len(BACKOFF_MINUTES)) - 1])
        record._advance(
            pdf_state="failed",
            pdf_asked=record.connection_id._pdf_asked(record.record_type),
            pdf_modified=record.last_modified,
            pdf_message=f"{title} {advice}",
            pdf_attempts=attempts,
            pdf_next_try=fields.Datetime.now() + wait,
        )
        if not passing:
            self.env["netsuite.issue"]._pdf_trouble(record, error)

    # === BUSINESS METHODS === #

    @api.model
    def _note_although_undone(self, connection, calls, failures):
        """Note calls and failures once more should this transaction be rolled back.

        :param calls: the calls that were made, as `NetsuiteClient.calls` has them.
        :param failures: {record: `NetsuiteError`}.
        """
        registry, connection_id = self.env.registry, connection.id
        errors = {record.id: error for record, error in failures.items()}

        def note():
            # A transaction of its own: the one that met the trouble is over. Only the sync
            # writes logs and issues.
            with registry.cursor() as cr:
                env = api.Environment(cr, SUPERUSER_ID, {})
                known = env["netsuite.connection"].browse(connection_id).exists()
                known._store_calls(SimpleNamespace(calls=list(calls)))
                for record in env["netsuite.record"].browse(errors).exists():
                    env["netsuite.document"]._note_failure(record, errors[record.id])

        self.env.cr.postrollback.add(note)
