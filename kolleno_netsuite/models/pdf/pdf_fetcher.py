import logging
from types import SimpleNamespace
from typing import NamedTuple

from odoo import SUPERUSER_ID, api, fields

from ...client.errors import DataError, ErrorKind, NetsuiteError
from ...client.restlets import MEGABYTE, Document, matching
from ...client.suiteql import field_id_fault, rows
from ...const import MIRROR_CONTEXT
from ...mappers.queries.pdf_files import field_query, read_field_file

_logger = logging.getLogger(__name__)

# What is wrong with the account and not with one document; the other documents need not ask.
SETUP_CODES = ("SSS_INVALID_SCRIPTLET_ID", "DOCUMENT_PERMISSION", "DOCUMENT_SIGN_IN")


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


class PdfFetcher:
    """Fetches the PDFs of mirrored invoices and credit memos and keeps them as attachments.

    Units: nothing here commits. What NetSuite refuses is noted on the document and never raised,
    because one document without a PDF must stop neither a mail to others nor the queue.

    :param connection: the `netsuite.connection` whose settings choose the PDFs.
    :param client: its `NetsuiteClient`, as `_pdf_client` makes it.
    """

    def __init__(self, connection, client):
        self.env = connection.env
        self.connection = connection
        self.client = client
        # Whether lists of attached files are refused just now, to whomever they belong.
        self._lists_refused = False

    # === UNITS === #

    def fetch(self, records, whole=False):
        """Fetch the PDFs of `records`; after a trouble that concerns all, the rest is not asked.

        :param records: `netsuite.record` rows of one record type.
        :param whole: also print anew what has not changed.
        :return: {record: the `NetsuiteError`} of those that have no current PDF now.
        """
        located = self.locate(records)
        failures, general = {}, None
        for record in records:
            if general:
                record._note_pdf_failure(general)
                failures[record] = general
                continue
            failure = self.fetch_one(record, located, whole)
            if failure:
                failures[record] = failure
                general = failure if self.concerns_all(failure) else None
        return failures

    def locate(self, records):
        """Ask once which files the document fields of `records` refer to.

        :return: {internal id: `FieldFile`}, or the `NetsuiteError` that NetSuite answered.
        """
        field = self.connection._pdf_field(records[:1].record_type) if records else ""
        ids = records.mapped("internal_id")
        if not field:
            return {}
        if field_id_fault(field):
            detail = f"{field} cannot stand in a query"
            return DataError("UNKNOWN_COLUMN", detail=detail, params={"column": field})
        try:
            found = rows(self.client.transport, field_query(field, ids))
            return dict(read_field_file(row) for row in found)
        except NetsuiteError as error:
            if error.code != "UNKNOWN_TABLE":
                return error
        try:
            # A role without sight of the files: a file is then told by its id alone.
            found = rows(self.client.transport, field_query(field, ids, with_times=False))
            return dict(read_field_file(row) for row in found)
        except NetsuiteError as error:
            return error

    def fetch_one(self, record, located, whole=False):
        """Fetch the PDF of one record and attach it to the document that mirrors it.

        :param located: what `locate` returned for a set with this record.
        :param whole: as for `fetch`.
        :return: the `NetsuiteError` because of which there is no current PDF, or None.
        """
        move = record._target()
        if not move or move._name != "account.move":
            return None
        if not whole and record._pdf_files_due() and not record._pdf_is_due(move):
            self._look_at_files(record, move)
            return None
        try:
            found = self._find(record, move, located)
            self._attach(move, found)
            lost = self._fetch_others(record, move, found)
        except NetsuiteError as error:
            account = self.connection.account_id
            _logger.warning("NetSuite %s: PDF of %s: %s", account, record.name, error)
            record._note_pdf_failure(error)
            return error
        record._note_pdf_success(move, found, lost)
        return None

    def _look_at_files(self, record, move):
        """See what is attached in NetSuite to a document whose PDF is there and current.

        Without an answer the PDF is as good as before: it is asked for again later.
        """
        if self._lists_refused:
            return
        held = move.invoice_pdf_report_id
        found = Found(record.pdf_source, None, held.netsuite_file_id, held.netsuite_file_modified)
        try:
            if self.connection.pdf_source == "attached":
                # The one that fits best may have come now.
                found = self._find_attached(record, move) or found
            self._attach(move, found)
            lost = self._fetch_others(record, move, found)
        except NetsuiteError as error:
            account = self.connection.account_id
            _logger.warning("NetSuite %s: files of %s: %s", account, record.name, error)
            self._lists_refused = self.concerns_all(error)
            return
        if found.document or lost:
            record._note_pdf_success(move, found, lost)
        else:
            record.pdf_listed_at = fields.Datetime.now()

    def concerns_all(self, error):
        """Tell whether the next document would meet the same trouble."""
        return error.code in SETUP_CODES or error.kind not in (ErrorKind.DATA, ErrorKind.NOT_FOUND)

    def note_although_undone(self, failures):
        """Note the calls and failures once more should this transaction be rolled back.

        Printing and downloading say by an error what went wrong with a PDF, and Odoo undoes all
        that came before an error: the log of the calls and the line in Issues, too.

        :param failures: {record: `NetsuiteError`} as `fetch` returned it.
        """
        registry, connection_id = self.env.registry, self.connection.id
        calls = list(self.client.calls)
        errors = {record.id: error for record, error in failures.items()}

        def note():
            # A transaction of its own: the one that met the trouble is over. Only the sync
            # writes logs and issues.
            with registry.cursor() as cr:
                env = api.Environment(cr, SUPERUSER_ID, {})
                known = env["netsuite.connection"].browse(connection_id).exists()
                known._store_calls(SimpleNamespace(calls=calls))
                for record in env["netsuite.record"].browse(errors).exists():
                    record._note_pdf_failure(errors[record.id])

        self.env.cr.postrollback.add(note)

    # === FINDING === #

    @property
    def _restlets(self):
        return self.connection._restlets(self.client)

    def _find(self, record, move, located):
        """Return what `pdf_source` chooses as `Found`; None when NetSuite has no PDF.

        Only a definite answer leads to another source: what passes by itself is waited for, so
        that no outage makes a printed PDF out of a signed one.

        :raise NetsuiteError: there is none now.
        """
        passed_over = None
        try:
            if self.connection.pdf_source in ("field", "field_only"):
                found = self._find_in_field(record, move, located)
            elif self.connection.pdf_source == "attached":
                found = self._find_attached(record, move)
            else:
                found = None
            if found or self.connection.pdf_source == "field_only":
                return found
        except NetsuiteError as error:
            if self.connection.pdf_source == "field_only" or not self._is_about_the_file(error):
                raise
            passed_over = error
        printed = self._restlets.print_transaction(
            record.record_type,
            record.internal_id,
            self.connection.pdf_form or "",
            self.connection.pdf_locale or "",
        )
        return Found("generated", printed, passed_over=passed_over)

    def _is_about_the_file(self, error):
        return error.code == "DOCUMENT_PERMISSION" or (
            error.kind is ErrorKind.DATA and error.code not in SETUP_CODES
        )

    def _find_in_field(self, record, move, located):
        if isinstance(located, NetsuiteError):
            raise located
        file = located.get(record.internal_id)
        if not file:
            return None
        return self._found_file(record, move, "field", file.id, file.modified)

    def _find_attached(self, record, move):
        files = self._restlets.attached(record.record_type, record.internal_id)
        file = matching(files, self.connection.pdf_pattern, record.name or "")
        if not file:
            return None
        self._check_size(file)
        return self._found_file(record, move, "attached", file.id, file.modified)

    def _found_file(self, record, move, source, file_id, modified):
        held = move.invoice_pdf_report_id
        # Without a time nobody can say whether the file is still the same.
        if modified and (held.netsuite_file_id, held.netsuite_file_modified) == (file_id, modified):
            return Found(source, None, file_id, modified)
        restlets = self._restlets
        file = restlets.pdf_of(restlets.file(record.record_type, record.internal_id, file_id))
        return Found(source, file, file_id, modified or file.modified)

    def _check_size(self, file):
        limit = self.connection.pdf_size_limit
        if file.size > limit * MEGABYTE:
            raise DataError(
                "FILE_TOO_LARGE", detail=file.name, params={"limit": str(limit), "name": file.name}
            )

    def _fetch_others(self, record, move, found):
        """Fetch the other files that are attached to the document in NetSuite.

        :return: names of files that could not be had.
        """
        held = {file.netsuite_file_id: file for file in move._netsuite_other_files()}
        lost, restlets = [], self._restlets
        listed = (
            restlets.attached(record.record_type, record.internal_id)
            if self.connection.pdf_attachments
            else []
        )
        for file in listed:
            if found and file.id == found.file_id:
                continue
            present = held.pop(file.id, None)
            if present and present.netsuite_file_modified == file.modified:
                continue
            try:
                self._check_size(file)
                contents = restlets.file(record.record_type, record.internal_id, file.id).contents
            except NetsuiteError as error:
                if not self._is_about_the_file(error):
                    raise
                lost.append(file.name)
                continue
            if present:
                present._netsuite_keep_as_history()
            self._create(move, file.name, contents, file.id, file.modified)
        # What was taken off the document in NetSuite is not sent any more.
        for file in held.values():
            file._netsuite_keep_as_history()
        return lost

    # === KEEPING === #

    def _attach(self, move, found):
        """Make a PDF the official one of `move`; the one before stays as an attachment.

        :param found: `Found`; None when NetSuite has no PDF for the document.
        """
        old = move.invoice_pdf_report_id
        if not found:
            old._netsuite_keep_as_history()
            move.invalidate_recordset(["invoice_pdf_report_id", "invoice_pdf_report_file"])
            return
        if found.document is None:
            return
        if old and old.raw == found.document.contents:
            old.write({"netsuite_file_id": found.file_id, "netsuite_file_modified": found.modified})
            return
        old._netsuite_keep_as_history()
        # The name of Odoo's own PDFs: the Send dialog shows it before the PDF is there.
        attachment = self._create(
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
        if old and self.connection.note_changes:
            move._message_log(body=self.env._("PDF updated from NetSuite."))

    def _create(self, move, name, contents, file_id, modified, **values):
        Attachment = self.env["ir.attachment"]
        return Attachment.create(
            {
                "name": name,
                "raw": contents,
                "mimetype": Attachment._netsuite_mimetype(name, contents),
                "res_model": move._name,
                "res_id": move.id,
                "company_id": move.company_id.id,
                "netsuite_connection_id": self.connection.id,
                "netsuite_file_id": file_id,
                "netsuite_file_modified": modified,
                **values,
            }
        )
