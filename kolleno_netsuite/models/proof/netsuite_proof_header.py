from odoo import api, fields, models
from odoo.tools.misc import formatLang


class NetsuiteProof(models.Model):
    """Whether all customers agree, in one sentence."""

    _inherit = "netsuite.proof"

    @api.model
    def header(self, connection_ids=()):
        """Return what stands above the list of proofs.

        :param connection_ids: connections that the list is about; the user's when empty.
        :return: ``{"sentence": text, "state": "agrees", "waiting", "differs" or "empty"}``.
        """
        domain = [("connection_id", "in", list(connection_ids))] if connection_ids else []
        return self._header(domain)

    @api.model
    def _header(self, domain):
        """Return `header` for the rows of `domain`."""
        groups = self._read_group(
            domain, ["connection_id"], ["customer_internal_id:count_distinct", "as_of:min"]
        )
        total = sum(number for _connection, number, _as_of in groups)
        if not total:
            return {"sentence": self.env._("Nothing has been compared yet."), "state": "empty"}
        by_state = dict.fromkeys(("waiting", "differs"), 0)
        for _connection, state, number in self._read_group(
            [*domain, ("state", "!=", "agrees")],
            ["connection_id", "state"],
            ["customer_internal_id:count_distinct"],
        ):
            by_state[state] += number
        as_of = min(as_of for _connection, _number, as_of in groups)
        values = {
            "total": total,
            "time": self.env["netsuite.connection"]._moment(as_of, fields.Datetime.now()),
            **by_state,
        }
        words = self._header_words({**values, **self._formatted(values)})
        # Whoever reads that all agree has to know what was not compared.
        not_read = [c.not_read_text for c, _number, _as_of in groups if c.not_read_text]
        not_read += filter(None, (c._left_out_sentence() for c, _number, _as_of in groups))
        return {**words, "sentence": " ".join([words["sentence"], *dict.fromkeys(not_read)])}

    @api.model
    def _formatted(self, values):
        """Return the counts among `values` as texts; none of no customers."""
        return {
            name: formatLang(self.env, values[name], digits=0) if values[name] else ""
            for name in ("total", "differs", "waiting")
        }

    @api.model
    def _header_words(self, values):
        if values["differs"] and values["waiting"]:
            sentence = self.env._(
                "%(differs)s of %(total)s customers differ as of %(time)s; %(waiting)s wait for "
                "what is still to be booked.",
                **values,
            )
        elif values["differs"]:
            sentence = self.env._(
                "%(differs)s of %(total)s customers differ as of %(time)s.", **values
            )
        elif values["waiting"]:
            sentence = self.env._(
                "No customer differs as of %(time)s; %(waiting)s of %(total)s wait for what is "
                "still to be booked.",
                **values,
            )
        else:
            sentence = self.env._("All %(total)s customers agree as of %(time)s.", **values)
        state = "differs" if values["differs"] else "waiting" if values["waiting"] else "agrees"
        return {"sentence": sentence, "state": state}
