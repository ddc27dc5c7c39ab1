from odoo import api, fields, models

from ...client import dto
from ...const import MAX_HIERARCHY_DEPTH
from ...mappers.account_types import NON_LEDGER_TYPES
from ...mappers.queries.shape import BASE_CURRENCY
from ...mappers.suggestion import own_name

# Kind of mapping that the records of a type become, one row for each company.
MAPPING_KINDS = {
    "account": "account",
    "term": "term",
    "paymentmethod": "payment_method",
    "salestaxitem": "tax",
}


class NetsuiteReference(models.AbstractModel):
    """Books what transactions refer to: subsidiaries, currencies, and what is mapped."""

    _name = "netsuite.reference"
    _description = "NetSuite Reference Booking"

    # === BUSINESS METHODS === #

    @api.model
    def _book(self, records):
        """Bring subsidiaries, currencies and mapping rows in sync with NetSuite.

        :param records: pending `netsuite.record` rows of one connection and one of the types
            in `const.REFERENCE_TYPES`.
        :return: ``{"booked": n, "blocked": 0, "failed": 0, "ignored": n}``.
        :raise ShapeError: a row lacks what its type cannot be without.
        """
        counts = {"booked": 0, "blocked": 0, "failed": 0, "ignored": 0}
        if not records:
            return counts
        connection, record_type = records.connection_id, records[0].record_type
        if record_type == "subsidiary":
            targets = self._book_subsidiaries(connection, records)
        elif record_type == "currency":
            targets = self._book_currencies(records)
        elif record_type in MAPPING_KINDS:
            companies = connection.subsidiary_ids.company_id
            self._book_mappings(connection, records, companies)
            targets = {}
        else:
            # Periods are read where a date is checked; nothing in Odoo stands for them.
            targets = {}
        now = fields.Datetime.now()
        for record in records:
            state = "ignored" if self._is_not_mapped(record) else "booked"
            target = targets.get(record)
            record._advance(
                state,
                booked_at=now,
                message=False,
                res_model=target._name if target else False,
                res_id=target.id if target else False,
            )
            counts[state] += 1
        return counts

    @api.model
    def _ensure_single_company(self, connection):
        """Give an account without OneWorld its one subsidiary row, internal ID 0.

        :return: the `netsuite.subsidiary`.
        """
        only = connection.subsidiary_ids.filtered(lambda row: not row.internal_id)
        new = not only
        if new:
            only = only.create(
                {"connection_id": connection.id, "internal_id": 0, "name": connection.name}
            )
        only._adopt_base_currency(self._account_currency(connection))
        main = connection.company_id
        agrees = only.currency_name in (False, main.currency_id.name)
        if new and (agrees or not connection.use_netsuite_rates):
            only.company_id = main
        return only

    @api.model
    def _spread(self, connection, companies):
        """Give `companies` their mapping rows for everything that was read already.

        Called when a subsidiary is mapped, so that the order of mapping and reading does not
        matter.
        """
        for record_type in MAPPING_KINDS:
            records = self.env["netsuite.record"].search(
                [
                    ("connection_id", "=", connection.id),
                    ("record_type", "=", record_type),
                    ("state", "!=", "removed"),
                ]
            )
            self._book_mappings(connection, records, companies)

    @api.model
    def _write_changes(self, record, values):
        """Write those of `values` that differ; return the record if any does, else none."""
        different = {name: value for name, value in values.items() if record[name] != value}
        # An empty text is stored as False.
        different = {name: value for name, value in different.items() if value or record[name]}
        if not different:
            return record.browse()
        record.write(different)
        return record

    # === BUSINESS METHODS - SUBSIDIARIES AND CURRENCIES === #

    def _book_subsidiaries(self, connection, records):
        existing = {row.internal_id: row for row in connection.subsidiary_ids}
        targets = {}
        for record in records:
            row = record.payload["row"]
            values = {
                "name": dto.text(row, "name", "") or dto.text(row, "fullname"),
                "parent_internal_id": dto.integer(row, "parent", 0),
                "country_code": dto.text(row, "country", ""),
                "is_elimination": dto.boolean(row, "iselimination", default=False),
                "is_inactive": dto.boolean(row, "isinactive", default=False),
            }
            subsidiary = existing.get(record.internal_id)
            if not subsidiary:
                subsidiary = self.env["netsuite.subsidiary"].create(
                    {
                        **values,
                        "connection_id": connection.id,
                        "internal_id": record.internal_id,
                    }
                )
            else:
                if values["is_elimination"] and subsidiary.company_id:
                    # NetSuite's word counts: nothing of it is booked from now on.
                    values["company_id"] = False
                self._write_changes(subsidiary, values)
            subsidiary._adopt_base_currency(self._base_currency(connection, row))
            targets[record] = subsidiary
        return targets

    @api.model
    def _base_currency_row(self, connection):
        """Return the only currency of an account without Multiple Currencies, as a row of its own.

        Such an account has no table of currencies; everything else then finds it as usual.
        """
        currency = connection.base_currency_id or connection.company_id.currency_id
        return {
            "id": str(BASE_CURRENCY),
            "name": currency.full_name or currency.name,
            "symbol": currency.name,
            "isbasecurrency": "T",
            "isinactive": "F",
        }

    @api.model
    def _adopt_account_currency(self, connection):
        """Follow that a person chose the currency of an account that has only one."""
        record = self.env["netsuite.record"].search(
            [
                ("connection_id", "=", connection.id),
                ("record_type", "=", "currency"),
                ("internal_id", "=", BASE_CURRENCY),
            ]
        )
        if record and not connection.multi_currency:
            row = self._base_currency_row(connection)
            record.write({"payload": {"row": row}, "name": row["symbol"]})
            self._book_currencies(record)
            only = connection.subsidiary_ids.filtered(lambda each: not each.internal_id)
            only._adopt_base_currency(row["symbol"])

    def _account_currency(self, connection):
        """Return the ISO code of the base currency of an account without OneWorld, or None."""
        records = self.env["netsuite.record"].search(
            [("connection_id", "=", connection.id), ("record_type", "=", "currency")]
        )
        rows = [record.payload["row"] for record in records]
        return next(
            (
                dto.text(row, "symbol", "")
                for row in rows
                if dto.boolean(row, "isbasecurrency", default=False)
            ),
            None,
        )

    def _base_currency(self, connection, row):
        """Return the ISO code of a subsidiary's base currency, or None."""
        symbol = dto.text(row, "currency_symbol", "")
        default = 0 if connection.multi_currency else BASE_CURRENCY
        return symbol or connection._currency_of(dto.integer(row, "currency", default))

    def _book_currencies(self, records):
        """Link NetSuite's currencies to Odoo's, and activate those that NetSuite uses."""
        Currency = self.env["res.currency"].with_context(active_test=False)
        rows = {record: record.payload["row"] for record in records}
        by_name = {
            currency.name: currency
            for currency in Currency.search(
                [("name", "in", [dto.text(row, "symbol", "") for row in rows.values()])]
            )
        }
        targets = {}
        for record, row in rows.items():
            currency = by_name.get(dto.text(row, "symbol", ""))
            if not currency:
                continue
            targets[record] = currency
            if not currency.active and not dto.boolean(row, "isinactive", default=False):
                currency.active = True
        return targets

    # === BUSINESS METHODS - MAPPING ROWS === #

    def _is_not_mapped(self, record):
        """Tell whether nothing in Odoo can ever stand for a record."""
        return record.record_type == "account" and not self._is_ledger_account(
            record.payload["row"]
        )

    @api.model
    def _is_ledger_account(self, row):
        """Tell whether amounts are posted on an account: no heading, no statistical one."""
        return not (
            dto.text(row, "accttype", "") in NON_LEDGER_TYPES
            or dto.boolean(row, "issummary", default=False)
        )

    def _book_mappings(self, connection, records, companies):
        """Bring the mapping rows of `records` in sync for each of `companies`."""
        Mapping = self.env["netsuite.mapping"]
        records = records.filtered(lambda record: not self._is_not_mapped(record))
        if not records or not companies:
            return
        kind = MAPPING_KINDS[records[0].record_type]
        existing = {
            (mapping.internal_id, mapping.company_id.id): mapping
            for mapping in Mapping.search(
                [
                    ("connection_id", "=", connection.id),
                    ("kind", "=", kind),
                    ("internal_id", "in", records.mapped("internal_id")),
                    ("company_id", "in", companies.ids),
                ]
            )
        }
        changed, missing = Mapping, []
        for record in records:
            values = self._mapping_values(record)
            for company in self._companies_of(connection, record, companies):
                mapping = existing.get((record.internal_id, company.id))
                if mapping:
                    changed |= self._write_changes(mapping, values)
                    continue
                missing.append(
                    {
                        **values,
                        "connection_id": connection.id,
                        "kind": kind,
                        "internal_id": record.internal_id,
                        "company_id": company.id,
                    }
                )
        touched = changed | Mapping.create(missing)
        if kind == "account":
            touched |= self._ensure_account_types(connection, touched)
        touched._suggest()

    def _companies_of(self, connection, record, companies):
        """Return those of `companies` in which a record can be used.

        NetSuite lists the subsidiaries of an account, and can include their children without
        listing them; an empty list means all.
        """
        listed = {
            int(part)
            for part in dto.text(record.payload["row"], "subsidiary", "").split(",")
            if part.strip().isdigit()
        }
        if record.record_type != "account" or not listed:
            return companies
        parents = {row.internal_id: row.parent_internal_id for row in connection.subsidiary_ids}
        reached = self.env["res.company"]
        for subsidiary in connection.subsidiary_ids:
            ancestor = subsidiary.internal_id
            for _level in range(MAX_HIERARCHY_DEPTH):
                if ancestor in listed:
                    reached |= subsidiary.company_id
                    break
                ancestor = parents.get(ancestor)
                if not ancestor:
                    break
        return reached & companies

    @api.model
    def _mapping_values(self, record):
        """Return what NetSuite says of a record, as values of its mapping rows."""
        row = record.payload["row"]
        values = {"is_inactive": dto.boolean(row, "isinactive", default=False)}
        if record.record_type == "account":
            number = dto.text(row, "acctnumber", "")
            shown = dto.text(row, "fullname", "") or dto.text(row, "accountsearchdisplayname", "")
            return {
                **values,
                "code": number,
                "name": own_name(shown, number) or number or str(record.internal_id),
                "ns_type": dto.text(row, "accttype", ""),
                "ns_special": dto.text(row, "sspecacct", ""),
            }
        name = dto.text(row, "name", "") or dto.text(row, "itemid", "") or str(record.internal_id)
        if record.record_type == "salestaxitem":
            return {**values, "name": name, "ns_rate": self._percent(row)}
        if record.record_type == "term":
            return {
                **values,
                "name": name,
                "ns_days": dto.integer(row, "daysuntilnetdue", 0),
                "ns_discount": float(dto.decimal(row, "discountpercent", 0)),
                "ns_discount_days": dto.integer(row, "daysuntilexpiry", 0),
            }
        return {**values, "name": name}

    def _percent(self, row):
        """Return a tax code's rate in percent; NetSuite writes ``8.25`` or ``8.25%``."""
        rate = dto.text(row, "rate", "").strip().rstrip("%") or "0"
        return float(dto.decimal({**row, "rate": rate}, "rate"))

    def _ensure_account_types(self, connection, accounts):
        """Return the new rows that say what a whole account type is in a company."""
        Mapping = self.env["netsuite.mapping"]
        wanted = {
            (account.company_id.id, account.ns_type) for account in accounts if account.ns_type
        }
        existing = Mapping.search(
            [
                ("connection_id", "=", connection.id),
                ("kind", "=", "account_type"),
                ("company_id", "in", accounts.company_id.ids),
            ]
        )
        wanted -= {(mapping.company_id.id, mapping.code) for mapping in existing}
        labels = Mapping._account_type_labels()
        return Mapping.create(
            [
                {
                    "connection_id": connection.id,
                    "kind": "account_type",
                    "code": account_type,
                    "ns_type": account_type,
                    "name": labels.get(account_type, account_type),
                    "company_id": company_id,
                }
                for company_id, account_type in sorted(wanted)
            ]
        )
