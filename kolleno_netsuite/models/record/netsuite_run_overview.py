from babel.dates import format_timedelta
from odoo import api, models
from odoo.tools.misc import babel_locale_parse, format_datetime, formatLang, get_lang


class NetsuiteRun(models.Model):
    """How far a run is, in one sentence."""

    _inherit = "netsuite.run"

    @api.depends("kind", "started_at")
    def _compute_display_name(self):
        labels = dict(self._fields["kind"]._description_selection(self.env))
        for run in self:
            started = format_datetime(self.env, run.started_at, dt_format="short")
            run.display_name = f"{labels.get(run.kind)} · {started}"

    def _progress_sentence(self):
        """Return what the run does now, how far it is, and how long it still takes.

        The first record type that is not done is the one being worked on: types are read
        and booked in their order.
        """
        self.ensure_one()
        line = self.line_ids.filtered(lambda line: line.handled < line.total)[:1]
        if not line:
            return self.phase or self.env._("Asking NetSuite what there is to read…")
        labels = dict(line._fields["record_type"]._description_selection(self.env))
        reading = line.landed < line.total
        done = line.landed if reading else line.handled
        values = {
            "records": labels[line.record_type],
            "done": formatLang(self.env, done, digits=0),
            "total": formatLang(self.env, line.total, digits=0),
        }
        text = (
            self.env._("%(records)s: %(done)s of %(total)s read", **values)
            if reading
            else self.env._("%(records)s: %(done)s of %(total)s booked", **values)
        )
        return f"{text} · {self._remaining_words()}" if self.remaining_seconds else text

    def _remaining_words(self):
        """Return how long the run still takes, to the minute."""
        self.ensure_one()
        if self.remaining_seconds < 60:
            return self.env._("less than a minute left")
        return self.env._(
            "about %s left",
            format_timedelta(
                self.remaining_seconds,
                granularity="minute",
                format="short",
                threshold=1.5,
                locale=babel_locale_parse(get_lang(self.env).code),
            ),
        )

    def _missed_sentence(self):
        """Return what this daily check found that the regular synchronisation had missed."""
        self.ensure_one()
        when = format_datetime(self.env, self.started_at, dt_format="short")
        if not self.missed:
            return self.env._("Nothing was missed, as of the daily check of %s.", when)
        labels = dict(self.line_ids._fields["record_type"]._description_selection(self.env))
        parts = [
            f"{formatLang(self.env, line.missed, digits=0)} {labels[line.record_type]}"
            for line in self.line_ids
            if line.missed
        ]
        return self.env._(
            "The daily check of %(when)s found what had been missed: %(what)s.",
            when=when,
            what=", ".join(parts),
        )

    def action_open_records(self):
        """Open the records of this run's connection."""
        self.ensure_one()
        return self.connection_id.action_open_records()
