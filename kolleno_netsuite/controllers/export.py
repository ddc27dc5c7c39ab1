"""Texts from NetSuite stay texts in the files that people open in a spreadsheet."""

import json

from odoo.addons.web.controllers import export
from odoo.addons.web.controllers.pivot import TableExporter
from odoo.http import route
from werkzeug.datastructures import FileStorage

# What a spreadsheet takes for a formula; Odoo sees to the other signs in CSV files.
CSV_FORMULAS = ("@", "\t", "\r", "\n")
# What the library that writes Excel files makes a formula or a link of.
EXCEL_FORMULAS = (
    "=",
    "{=",
    "http:",
    "https:",
    "ftp:",
    "ftps:",
    "mailto:",
    "internal:",
    "external:",
)


class TextXlsxWriter(export.ExportXlsxWriter):
    """Writes texts as texts, also those that look like a formula or an address."""

    def write(self, row, column, cell_value, style=None):
        if isinstance(cell_value, str) and cell_value:
            self.worksheet.write_string(row, column, cell_value, style)
        else:
            super().write(row, column, cell_value, style)


class TextGroupXlsxWriter(TextXlsxWriter, export.GroupExportXlsxWriter):
    """Likewise, by groups."""


class NetsuiteExcelExport(export.ExcelExport):
    """Excel files whose texts are texts."""

    def from_group_data(self, fields, columns_headers, groups):
        with TextGroupXlsxWriter(fields, columns_headers, groups.count) as writer:
            row, column = 1, 0
            for name, group in groups.children.items():
                row, column = writer.write_group(row, column, name, group)
        return writer.value

    def from_data(self, fields, columns_headers, rows):
        with TextXlsxWriter(fields, columns_headers, len(rows)) as writer:
            for number, row in enumerate(rows, 1):
                for column, value in enumerate(row):
                    writer.write_cell(number, column, value)
        return writer.value


class NetsuiteCsvExport(export.CSVExport):
    """CSV files in which no text begins like a formula."""

    def from_data(self, fields, columns_headers, rows):
        return super().from_data(
            fields,
            columns_headers,
            [[_as_text(value, CSV_FORMULAS) for value in row] for row in rows],
        )


class NetsuiteTableExporter(TableExporter):
    """Pivot tables in Excel, whose titles are names from NetSuite."""

    @route()
    def export_xlsx(self, data, **kw):
        table = json.load(data) if isinstance(data, FileStorage) else json.loads(data)
        headers = (cell for row in (table or {}).get("col_group_headers", ()) for cell in row)
        for titled in (*headers, *(table or {}).get("rows", ())):
            titled["title"] = _as_text(titled["title"], EXCEL_FORMULAS)
        return super().export_xlsx(json.dumps(table), **kw)


def _as_text(value, formulas):
    """Return a value with a sign before it when it begins like one of `formulas`."""
    return f"'{value}" if isinstance(value, str) and value.startswith(formulas) else value
