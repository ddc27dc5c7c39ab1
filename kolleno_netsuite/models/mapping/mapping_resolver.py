from ...exceptions import Missing


class MappingResolver:
    """Answers what NetSuite's accounts, taxes, terms and methods are in one company.

    Built once for a chunk of records: the choices are read in one query, however many lines
    ask for them. Only what someone chose or accepted counts; a suggestion does not.

    :param mappings: all `netsuite.mapping` rows of `connection` and `company`.
    :param connection: the `netsuite.connection` that was read.
    :param company: the `res.company` that books.

    ``missing`` collects what was asked for and is not mapped (`exceptions.Missing`), so that a
    record is blocked with everything that it needs at once. Take it with `take_missing`.
    """

    def __init__(self, mappings, connection, company):
        self.env = mappings.env
        self.connection = connection
        self.company = company
        self.missing = []
        self._mappings = {
            (mapping.kind, mapping.internal_id): mapping
            for mapping in mappings
            if mapping.kind != "account_type"
        }
        self._types = {
            mapping.code: mapping for mapping in mappings if mapping.kind == "account_type"
        }

    def account(self, internal_id):
        """Return the account for a NetSuite account, else that of its type, else None.

        :param internal_id: NetSuite's internal ID, a number or its text.
        """
        mapping = self._mappings.get(("account", _number(internal_id)))
        target = self._chosen(mapping)
        if target is None:
            # NetSuite may use an account in a company for which it does not list it.
            account_type = (
                mapping.ns_type
                if mapping
                else self.env["netsuite.mapping"]._account_type(
                    self.connection, _number(internal_id)
                )
            )
            target = self._chosen(self._types.get(account_type))
        if target is None:
            self._note_missing("account", internal_id)
        return target

    def account_type(self, internal_id):
        """Return NetSuite's own type of a NetSuite account, as ``Bank``; empty when unknown."""
        mapping = self._mappings.get(("account", _number(internal_id)))
        return (mapping and mapping.ns_type) or ""

    def account_role(self, internal_id):
        """Return what NetSuite uses an account for, as ``UndepFunds``; empty for nothing."""
        mapping = self._mappings.get(("account", _number(internal_id)))
        return (mapping and mapping.ns_special) or ""

    def tax(self, internal_id):
        """Return the tax for a NetSuite tax code, or None."""
        target = self._chosen(self._mappings.get(("tax", _number(internal_id))))
        if target is None:
            self._note_missing("tax", internal_id)
        return target

    def term(self, internal_id):
        """Return the payment terms, empty when they are not mapped: due dates are mirrored."""
        target = self._chosen(self._mappings.get(("term", _number(internal_id))))
        return self.env["account.payment.term"] if target is None else target

    def payment_method(self, internal_id):
        """Return the payment method line, empty when it is not mapped (docs/FEATURES.md 19)."""
        target = self._chosen(self._mappings.get(("payment_method", _number(internal_id))))
        return self.env["account.payment.method.line"] if target is None else target

    def take_missing(self):
        """Return what is missing since the last time, each once, and forget it."""
        taken, self.missing = list(dict.fromkeys(self.missing)), []
        return taken

    def _chosen(self, mapping):
        """Return the target that someone chose, None when there is none or it is archived."""
        if not mapping or mapping.state != "manual":
            return None
        target = mapping._target()
        if not target or ("active" in target._fields and not target.active):
            return None
        return target

    def _note_missing(self, kind, internal_id):
        internal_id = _number(internal_id)
        mapping = self._mappings.get((kind, internal_id))
        # Without a row yet, as for an account that the role may not see.
        mapping = mapping or self.env["netsuite.mapping"].new(
            {
                "connection_id": self.connection.id,
                "kind": kind,
                "internal_id": internal_id,
                "name": str(internal_id),
                "company_id": self.company.id,
            }
        )
        self.missing.append(
            Missing(
                mapping._issue_key(),
                "mapping",
                mapping._missing_title(),
                mapping._missing_advice(),
            )
        )


def _number(internal_id):
    """Return an internal ID as a number, 0 for none; NetSuite writes it as text."""
    return int(internal_id or 0)
