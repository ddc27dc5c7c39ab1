from __future__ import annotations

import os

import pytest

from kolleno_netsuite.client.identity import Identity, KeyFile, changes, normal_address

KNOWN = Identity("key", "books", "uuid", "")
ADDRESSES = ["erp.example.com", "odoo.internal:8069"]


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("https://erp.example.com", "erp.example.com"),
        ("http://ERP.example.com./odoo?x=1", "erp.example.com"),
        (" https://erp.example.com:443/ ", "erp.example.com"),
        ("http://erp.example.com:80", "erp.example.com"),
        ("https://erp.example.com:8070", "erp.example.com:8070"),
        ("erp.example.com:8069", "erp.example.com:8069"),
        ("http://[2001:db8::1]:8069", "[2001:db8::1]:8069"),
        ("http://localhost:8069", "localhost"),
        ("http://127.0.0.1:8070", "localhost"),
        ("http://[::1]", "localhost"),
        ("http://books.localhost", "localhost"),
        ("http://erp.example.com:port", "http://erp.example.com:port"),
        ("", ""),
    ],
)
def test_spellings_of_one_address_are_one(url, address):
    assert normal_address(url) == address


@pytest.mark.parametrize(
    ("now", "told"),
    [
        (KNOWN._replace(address="erp.example.com"), []),
        (KNOWN._replace(address="odoo.internal:8069"), []),
        (KNOWN._replace(address="copy.example.com"), ["address"]),
        (KNOWN._replace(address=""), ["address"]),
        (KNOWN._replace(address="erp.example.com", key=""), ["key"]),
        (KNOWN._replace(address="erp.example.com", key="other"), ["key"]),
        (KNOWN._replace(address="erp.example.com", name="books_copy"), ["name"]),
        (KNOWN._replace(address="erp.example.com", uuid="another"), ["uuid"]),
        (Identity("", "copy", "another", "copy"), ["key", "name", "uuid", "address"]),
    ],
)
def test_any_part_that_changed_tells(now, told):
    assert changes(KNOWN, ADDRESSES, now) == told


def test_what_was_not_known_tells_nothing():
    assert changes(Identity("", "", "", ""), [], Identity("key", "copy", "another", "copy")) == []
    assert changes(KNOWN._replace(key=""), [], KNOWN._replace(key="new")) == []


def test_key_is_made_once_and_stays(tmp_path):
    file = KeyFile(tmp_path / "not there yet")

    assert file.fingerprint() == ""
    made = file.make()

    assert made
    assert file.make() == file.fingerprint() == KeyFile(tmp_path / "not there yet").make() == made
    assert made not in file.path.read_text()
    assert [each.name for each in file.path.parent.iterdir()] == [file.path.name]


def test_two_databases_never_have_the_same_key(tmp_path):
    assert KeyFile(tmp_path / "one").make() != KeyFile(tmp_path / "other").make()


def test_new_key_of_a_copy_leaves_the_original_alone_whose_files_are_linked(tmp_path):
    original, copy = KeyFile(tmp_path / "original"), KeyFile(tmp_path / "copy")
    made = original.make()
    copy.path.parent.mkdir(parents=True)
    os.link(original.path, copy.path)
    assert copy.fingerprint() == made

    assert copy.renew() != made

    assert original.fingerprint() == made


def test_missing_empty_and_unreadable_keys_are_none(tmp_path):
    file = KeyFile(tmp_path)
    file.path.mkdir(parents=True)
    assert file.fingerprint() == ""
    with pytest.raises(OSError, match="database"):
        file.make()
    file.path.rmdir()
    file.path.write_text("")

    assert file.fingerprint() == ""
    assert file.make()


def test_removed_key_takes_its_folder_along_unless_something_else_is_in_it(tmp_path):
    file = KeyFile(tmp_path)
    file.remove()
    file.make()
    other = file.path.with_name("other")
    other.touch()
    file.remove()
    assert (file.path.exists(), other.exists()) == (False, True)
    other.unlink()
    file.make()

    file.remove()

    assert not file.path.parent.exists()
