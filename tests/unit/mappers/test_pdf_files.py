from __future__ import annotations

import pytest

from kolleno_netsuite.client.dto import ShapeError
from kolleno_netsuite.mappers.queries.pdf_files import (
    FieldFile,
    changed_files_query,
    field_query,
    read_field_file,
)


def test_field_query_asks_for_files_and_their_times():
    sql = field_query("custbody_pdf", [7, 9]).sql()

    assert "t.custbody_pdf AS file" in sql
    assert "LEFT JOIN file f ON f.id = t.custbody_pdf" in sql
    assert "t.id IN (7, 9)" in sql
    assert "t.custbody_pdf IS NOT NULL" in sql


def test_field_query_does_without_the_table_of_files():
    assert "JOIN" not in field_query("custbody_pdf", [7], with_times=False).sql()


def test_row_of_a_field_query_names_the_file_and_its_change():
    row = {"id": "7", "file": "55", "modified": "2026-11-20 10:00:00"}

    assert read_field_file(row) == (7, FieldFile(55, "2026-11-20 10:00:00"))
    assert read_field_file({"id": "7", "file": "55"}) == (7, FieldFile(55, ""))
    with pytest.raises(ShapeError):
        read_field_file({"id": "7", "file": "scan.pdf"})


def test_changed_files_are_asked_for_by_time_alone():
    sql = changed_files_query("2026-11-20 10:00:00").sql()

    assert "FROM file f WHERE" in sql
    assert "2026-11-20 10:00:00" in sql
