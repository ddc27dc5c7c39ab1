"""What an e-mail address is, and what people put around one."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kolleno_netsuite.mappers.addresses import find_addresses, is_address, mail_text


@pytest.mark.parametrize(
    "text",
    [
        "sean.o'brien@quay.ie",
        "a+b/c=d%e@quay-side.co.uk",
        "j\u00f6rg@b\u00fccher.de",
        "_ap_@x.example",
        "0@1x.example",
    ],
)
def test_address_that_a_mail_server_takes_is_one(text: str) -> None:
    assert is_address(text)


@pytest.mark.parametrize(
    "text",
    [
        *("", "@", "ap@", "@x.example", "ap@x", "ap@x.", "ap@.example", "ap@x..example"),
        *("a..b@x.example", ".ap@x.example", "ap.@x.example", "a@b@c.example", "a b@x.example"),
        *("ap@-x.example", "ap@x_y.example", "ap@[1.2.3.4]", "a(b)@x.example", "<ap@x.example>"),
        *("ap@x.example\n", "ap\\@x.example", '"a b"@x.example', f"ap@{'x' * 64}.example"),
        *("(" * 200 + "@x.example", f"ap@{'x.' * 130}example"),
    ],
)
def test_anything_else_is_none(text: str) -> None:
    assert not is_address(text)


@pytest.mark.parametrize(
    ("text", "found", "others"),
    [
        ("ap@x.example; AP2@x.example", ["ap@x.example", "AP2@x.example"], []),
        ("ap@x.example,\n ap@X.example\tb@x.example", ["ap@x.example", "b@x.example"], []),
        (
            "ap@x.example\uff1bb@x.example|c@x.example",
            [f"{n}@x.example" for n in ("ap", "b", "c")],
            [],
        ),
        ("Ann Lee <ann@x.example>", ["ann@x.example"], []),
        ("\"O'Brien, Sean\" <sean.o'brien@quay.ie>;", ["sean.o'brien@quay.ie"], []),
        ("Ann Lee (ann@x.example), Bo [bo@x.example]", ["ann@x.example", "bo@x.example"], []),
        ("mailto:ann@x.example?subject=Hi", ["ann@x.example"], []),
        ("<mailto:ann@x.example>", ["ann@x.example"], []),
        ("E-Mail:ann@x.example.", ["ann@x.example"], []),
        ("E-mail: ann@x.example", ["ann@x.example"], []),
        ("'ann@x.example'", ["ann@x.example"], []),
        ("\u201cann@x.example\u201d\u200b", ["ann@x.example"], []),
        ("ann@x.example / bo@x.example", ["ann@x.example", "bo@x.example"], []),
        ("call me, ap@x.example", ["ap@x.example"], ["call", "me"]),
        ("ap@x ; @x.example ; a@b@c.example", [], ["ap@x", "@x.example", "a@b@c.example"]),
        ("", [], []),
    ],
)
def test_addresses_are_parted_unwrapped_and_other_words_named(
    text: str, found: list[str], others: list[str]
) -> None:
    assert find_addresses(text) == (found, others)


@given(st.lists(st.from_regex(r"[a-zA-Z0-9]{1,8}@[a-z]{1,8}\.example", fullmatch=True)), st.data())
def test_separators_and_case_make_no_other_address(found: list[str], data: Any) -> None:
    separators = st.sampled_from([",", ";", " ", "\n", " ; ", ",\t"])
    text = "".join(address + data.draw(separators) for address in found)

    addresses, others = find_addresses(text)

    assert [each.lower() for each in addresses] == list(
        dict.fromkeys(each.lower() for each in found)
    )
    assert others == []


@given(st.text(alphabet=st.sampled_from("ab@.<>()[]\"':;, \n\u00e9\u200b-_\\"), max_size=30))
def test_whatever_stands_there_ends_in_addresses_and_words(text: str) -> None:
    found = find_addresses(text)

    assert all(is_address(address) for address in found.addresses)
    assert find_addresses(", ".join(found.addresses)) == (found.addresses, [])


def test_field_of_odoo_gets_the_addresses_or_else_the_text() -> None:
    assert mail_text("AP <ap@x.example>; call me\nb@x.example") == "ap@x.example, b@x.example"
    assert mail_text(" no\n mail ") == "no mail"
    assert mail_text("") == ""
