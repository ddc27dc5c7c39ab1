import pytest

from kolleno_netsuite.client.account import AccountId
from kolleno_netsuite.mappers.customer_list import Entry, read_file, read_typed

URLS = AccountId.parse("1234567_SB1").service_urls()
PAGE = "https://1234567-sb1.app.netsuite.com/app/common/entity/custjob.nl"


def ids(text: str) -> list[int]:
    return [entry.internal_id for entry in read_typed(text, URLS)]


def problems(text: str) -> list[str]:
    return [entry.problem for entry in read_typed(text, URLS)]


def in_file(text: str) -> list[int | str]:
    return [entry.problem or entry.internal_id for entry in read_file(text, URLS)]


def test_ids_stand_one_a_line_below_a_heading() -> None:
    assert ids("Internal ID\n12\n 13 \n\n") == [12, 13]


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_only_the_first_column_of_a_file_counts(separator: str) -> None:
    assert in_file(f"id{separator}name\n12{separator}Acme\n'13'{separator}\n") == [12, "number"]
    assert in_file(f'12{separator}"Acme{separator} Ltd"\r\n14') == [12, 14]
    assert in_file(f"id{separator}open\n12{separator}345\n") == [12]
    assert in_file("") == []


@pytest.mark.parametrize("line", ["1,234", "1301, 1302, 1303", "12;345", "12\t345"])
def test_file_without_heading_is_asked_about_further_numbers(line: str) -> None:
    assert in_file(f"{line}\n") == ["columns"]


def test_number_with_separators_in_one_column_is_no_id() -> None:
    assert in_file('id\n"1,234"\n') == ["number"]


@pytest.mark.parametrize(
    "text", ["1301, 1302, 1303", "1301,1302;1303", "1301 1302\t1303", "1301,\n1302 ;\n1303,"]
)
def test_ids_are_parted_by_commas_semicolons_and_blanks(text: str) -> None:
    assert ids(text) == [1301, 1302, 1303]


@pytest.mark.parametrize("text", ["1,234", "12 345 678", "301,302", "1\u202f234", "1\u00a0234"])
def test_line_that_is_one_number_or_several_is_refused(text: str) -> None:
    assert read_typed(f"{text}\n55", URLS) == [Entry(1, text, 0, "grouped"), Entry(2, "55", 55)]
    assert ids("301, 302") == [301, 302]


@pytest.mark.parametrize("text", ["12 Acme 77", "12, abc", "12; -5", f"12 {PAGE}", "12, 0"])
def test_line_with_anything_else_is_refused_as_a_whole(text: str) -> None:
    assert read_typed(f"{text}\n55", URLS) == [Entry(1, text, 0, "mixed"), Entry(2, "55", 55)]


def test_addresses_stand_on_one_line_as_ids_do() -> None:
    assert ids(f"{PAGE}?id=123, {PAGE}?id=124 125") == [123, 124, 125]


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
    entries = read_typed("12\n\nabc\n12\n-5\n0\n99999999999\n13", URLS)

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
