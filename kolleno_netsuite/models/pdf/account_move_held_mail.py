from datetime import timedelta

from markupsafe import Markup
from odoo import api, fields, models
from odoo.tools.misc import format_datetime

# Hours after which NetSuite is asked once more for a PDF that it refused, while an e-mail waits.
HELD_RETRY_HOURS = 1
# What an e-mail was to be sent with, as Odoo's dialog gives it to `account.move.send`.
MAIL_SETTINGS = (
    *("sending_methods", "extra_edis", "invoice_edi_format", "pdf_report"),
    *("author_user_id", "author_partner_id", "mail_template", "mail_lang", "mail_body"),
    *("mail_subject", "mail_partner_ids", "mail_attachments_widget"),
)
# Of these, records, kept by their ids.
RECORD_SETTINGS = {"pdf_report": "ir.actions.report", "mail_template": "mail.template"}


class AccountMove(models.Model):
    """E-mails that wait for NetSuite's PDF, and are sent automatically once it is there."""

    _inherit = "account.move"

    netsuite_held_mails = fields.Json(
        readonly=True,
        copy=False,
        # Sent with more rights than its author has: nobody may put words or files into it.
        groups=fields.NO_ACCESS,
        help="What each held e-mail is sent with.",
    )
    netsuite_held_at = fields.Datetime(
        string="E-mail Held Since", readonly=True, copy=False, index="btree_not_null"
    )
    netsuite_held_reason = fields.Char(string="Why the E-mail Is Held", readonly=True, copy=False)

    # === ACTION METHODS === #

    def action_netsuite_send_held(self):
        """Ask NetSuite for the PDF now, and send what is held if it comes."""
        self.ensure_one()
        self.check_access("write")
        problems = self._netsuite_fetch_pdfs(force=True)
        if problems:
            reason = problems[self]
            # sudo: account.move - what is held is the sync's to write
            self.sudo().netsuite_held_reason = reason
            return self._netsuite_told(reason, "warning")
        self.sudo()._netsuite_try_held()
        return self._netsuite_told(
            self.env._("No e-mail is held any more; the chatter shows what was sent."), "success"
        )

    def action_netsuite_send_held_without(self):
        """Send what is held without its PDF."""
        self.ensure_one()
        self.check_access("write")
        # sudo: account.move - what is held is the sync's to write
        self.sudo()._netsuite_send_held(netsuite_without_pdf=True)
        return self._netsuite_told(self.env._("Sent without the PDF."), "success")

    def action_netsuite_drop_held(self):
        """Do not send what is held."""
        self.ensure_one()
        self.check_access("write")
        # sudo: account.move - what is held is the sync's to write
        move = self.sudo()
        move._netsuite_release()
        move._message_log(body=self.env._("The held e-mail is not sent."))
        return True

    # === UNITS === #

    def _netsuite_hold(self, settings, reason):
        """Keep an e-mail until its PDF is there; never commits.

        :param settings: what `account.move.send` was to send it with.
        :param reason: why there is no PDF, in words.
        """
        self.ensure_one()
        self._netsuite_keep_files(settings)
        self.write(
            {
                "netsuite_held_mails": [*(self.netsuite_held_mails or []), _kept(settings)],
                "netsuite_held_at": self.netsuite_held_at or fields.Datetime.now(),
                "netsuite_held_reason": reason,
            }
        )
        self._message_log(
            body=self.env._(
                "The e-mail is held until NetSuite delivers the PDF; then it is sent "
                "automatically. %s",
                reason,
            )
        )
        self._netsuite_ask_soon()
        self.env["netsuite.issue"]._mail_held(self)

    def _netsuite_ask_soon(self):
        """Let what NetSuite refused for good be asked for again sooner: someone waits for it."""
        record, soon = self.netsuite_record_id, timedelta(hours=HELD_RETRY_HOURS)
        soon += fields.Datetime.now()
        if record.pdf_next_try and record.pdf_next_try > soon:
            record.pdf_next_try = soon

    def _netsuite_try_held(self):
        """Send what is held if its PDF is there now, or nobody wants it any more; never commits.

        :return: whether nothing is held any more.
        """
        self.ensure_one()
        if self.state != "posted":
            self._netsuite_release()
            self._message_log(
                body=self.env._("The held e-mail is not sent: the document is no longer posted.")
            )
            return True
        problems = self._netsuite_fetch_pdfs()
        if self in problems and self._netsuite_holds_mails():
            if self.netsuite_held_reason != problems[self]:
                self.netsuite_held_reason = problems[self]
            self._netsuite_ask_soon()
            return False
        self._netsuite_send_held()
        return True

    def _netsuite_send_held(self, **context):
        """Send each held e-mail with what it was to be sent with."""
        mails, since = self.netsuite_held_mails or [], self.netsuite_held_at
        for mail in mails:
            move = self._netsuite_as_author(mail).with_context(**context)
            move.env["account.move.send"]._generate_and_send_invoices(
                move, allow_raising=False, **move._netsuite_restored(mail)
            )
        held_again = len(self.netsuite_held_mails or []) > len(mails)
        if held_again:
            # Refused once more in this moment: what was held before is what is held now.
            self.write({"netsuite_held_mails": mails, "netsuite_held_at": since})
            return
        self._netsuite_release()

    def _netsuite_release(self):
        """Forget what is held, and the files that were kept for it."""
        files = self.env["ir.attachment"].browse(
            file_id for mail in self.netsuite_held_mails or [] for file_id in _own_files(mail)
        )
        files.exists().unlink()
        self.write(
            {"netsuite_held_mails": False, "netsuite_held_at": False, "netsuite_held_reason": False}
        )
        self.env["netsuite.issue"]._mail_released(self)

    # === BUSINESS METHODS === #

    def _netsuite_check_files(self, settings):
        """Refuse files that the sender may not read: they are sent later, with more rights.

        :raise AccessError: one of the files is not his.
        """
        files = settings.get("mail_attachments_widget") or []
        # Others than numbers stand for files that are made when it is sent.
        ids = [int(file["id"]) for file in files if str(file["id"]).isdigit()]
        self.env["ir.attachment"].browse(ids).exists().check_access("read")
        own = self.env["ir.attachment"].browse(_own_files(settings)).exists()
        own.check_access("write")

    def _netsuite_keep_files(self, settings):
        """Keep the files that a person added: those of a dialog are deleted with it."""
        files = self.env["ir.attachment"].browse(_own_files(settings))
        files.exists().write({"res_model": self._name, "res_id": self.id})

    def _netsuite_restored(self, kept):
        """Return what `_kept` made of settings as `account.move.send` takes them."""
        settings = dict(kept)
        for name, model in RECORD_SETTINGS.items():
            record = self.env[model].browse(kept.get(name) or []).exists()
            # Deleted meanwhile: Odoo takes its own default.
            settings.pop(name, None)
            if record:
                settings[name] = record
        if "mail_body" in kept:
            settings["mail_body"] = Markup(kept["mail_body"])  # noqa: S704 - Odoo rendered it
        if "mail_attachments_widget" in kept:
            files = self.env["ir.attachment"].search(
                [
                    ("res_model", "=", self._name),
                    ("res_id", "=", self.id),
                    ("res_field", "in", (False, "invoice_pdf_report_file")),
                ]
            )
            own = set(files.ids)
            # The document's own files are those that it has when the e-mail is sent.
            settings["mail_attachments_widget"] = [
                file
                for file in kept["mail_attachments_widget"] or []
                if file.get("manual") or file.get("skip") or file["id"] not in own
            ]
        return settings

    def _netsuite_as_author(self, mail):
        """Return this document for the author of an e-mail: it comes from them, not from a cron."""
        author = self.env["res.users"].browse(mail.get("author_user_id") or []).exists()
        # sudo: account.move - the e-mail goes out even when its author can't see the invoice any
        # more
        return self.with_user(author).sudo() if author else self

    def _netsuite_held_sentence(self):
        """Return that an e-mail of this document is held, and why; False when none is."""
        self.ensure_one()
        return self.netsuite_held_at and self.env._(
            "The e-mail of %(document)s has been held since %(time)s and is sent automatically "
            "once the PDF is there. %(reason)s",
            document=self.name,
            time=format_datetime(self.env, self.netsuite_held_at, dt_format="short"),
            reason=self.netsuite_held_reason or "",
        )

    @api.model
    def _netsuite_told(self, message, kind):
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": kind,
                "message": message,
                "sticky": kind == "warning",
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }


def _own_files(settings):
    """Return the ids of the files that a person added to an e-mail."""
    files = settings.get("mail_attachments_widget") or []
    return [int(file["id"]) for file in files if file.get("manual")]


def _kept(settings):
    """Return what an e-mail is sent with, fit for JSON."""
    kept = {}
    for name in MAIL_SETTINGS:
        if name not in settings:
            continue
        value = settings[name]
        if name in RECORD_SETTINGS:
            kept[name] = value.id if value else False
        elif name == "mail_body":
            kept[name] = str(value or "")
        elif isinstance(value, (set, frozenset, tuple, dict)):
            kept[name] = list(value)
        else:
            kept[name] = value
    return kept
