import pytest

from kolleno_netsuite.client.account import AccountId
from kolleno_netsuite.mappers.customer_list import Entry, read_customers

URLS = AccountId.parse("1234567_SB1").service_urls()
PAGE = "https://1234567-sb1.app.netsuite.com/app/common/entity/custjob.nl"


def ids(text: str) -> list[int]:
    return [entry.internal_id for entry in read_customers(text, URLS)]


def problems(text: str) -> list[str]:
    return [entry.problem for entry in read_customers(text, URLS)]


def test_ids_stand_one_a_line_below_a_heading() -> None:
    assert ids("Internal ID\n12\n 13 \n\n") == [12, 13]


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_only_the_first_column_of_a_file_counts(separator: str) -> None:
    assert ids(f"id{separator}name\n12{separator}Acme\n'13'{separator}\n") == [12, 0]
    assert ids(f'12{separator}"Acme{separator} Ltd"\r\n14') == [12, 14]


def test_address_of_this_account_names_its_customer() -> None:
    assert ids(f"{PAGE}?id=123&whence=") == [123]
    assert ids(PAGE.removeprefix("https://") + "?id=124") == [124]


def test_addresses_of_others_and_of_other_pages_are_refused() -> None:
    other = PAGE.replace("1234567-sb1", "7654321")
    assert problems(f"{other}?id=123") == ["host"]
    assert problems("https://example.com/app/common/entity/custjob.nl?id=1") == ["host"]
    assert problems("system.netsuite.com/app/common/entity/custjob.nl?id=1") == ["host"]
    assert problems(PAGE.replace("custjob", "vendor") + "?id=123") == ["page"]
    assert problems(f"{PAGE}?id=12x") == ["address"]
    assert problems(PAGE) == ["address"]
    assert problems("https://[/custjob.nl?id=1") == ["address"]


def test_wrong_lines_are_told_and_the_others_kept() -> None:
    entries = read_customers("12\n\nabc\n12\n-5\n0\n99999999999\n13", URLS)

    assert entries[0] == Entry(1, "12", 12)
    assert [(entry.line, entry.problem) for entry in entries[1:-1]] == [
        (2, "blank"),
        (3, "number"),
        (4, "duplicate"),
        (5, "number"),
        (6, "number"),
        (7, "number"),
    ]
    assert entries[-1] == Entry(8, "13", 13)


def test_digits_of_other_scripts_are_no_id() -> None:
    assert problems("١٢٣") == ["number"]
