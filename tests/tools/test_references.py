"""What the code and the guides point to is in the repository."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PLACES = ("kolleno_netsuite", "netsuite_simulator", "tools", "tests", "benchmarks")
CODE = sorted(
    path
    for place in PLACES
    for kind in ("*.py", "*.xml", "*.js")
    for path in (ROOT / place).rglob(kind)
    if path != Path(__file__)
)
GUIDES = sorted(
    [
        *ROOT.glob("*.md"),
        *(ROOT / "docs").rglob("*.md"),
        *(ROOT / "netsuite_simulator").rglob("*.md"),
    ]
)
FEATURES = range(1, 44)
_PAGE = re.compile(r"(?<![\w./-])[\w./-]*\w\.md\b")
_NUMBERS = r"((?:\d+(?:\.\d+)?)(?:(?:, | and | to )\d+(?:\.\d+)?)*)"
_FEATURE = re.compile(rf"FEATURES\.md\s+{_NUMBERS}|\b[Ff]eatures?\s+(\d+(?:(?:, | and )\d+)*)")
_SECTION = re.compile(rf"NETSUITE\.md\s+{_NUMBERS}")
# A page of NetSuite's help, and pages of others' that nobody can open from here.
_HELP = re.compile(r"\b(?:section|subsect|article|chapter|bridgehead)_\d+\b")
_ELSEWHERE = re.compile(r"\b[Aa]rticle \d+\b|\bodoo19\b|\bfaults\.md\b")
_LINK = re.compile(r"\]\(([^)#\s]+)?(?:#([\w-]+))?\)")
_TEST = re.compile(r"\bdef (test_\w+)")
_NAMED_TEST = re.compile(r"`(test_\w+)`")
_NAMED_FILE = re.compile(r"`([\w./-]*\w\.py)`")
_ROW = re.compile(r"^\| +(\d+) \|", re.MULTILINE)
_HEADING = re.compile(r"^#{2,3} (\d+(?:\.\d+)?)\.? ", re.MULTILINE)


def text_of(path: Path) -> str:
    """Return the text with comments that go over several lines as one."""
    return re.sub(r"\s*\n\s*#?\s*", " ", path.read_text())


def read(name: str) -> str:
    return (ROOT / name).read_text()


def numbers(pattern: re.Pattern[str], text: str) -> set[str]:
    """Return each number that a text names behind the pattern's words."""
    return {
        number
        for found in pattern.finditer(text)
        for group in found.groups()
        for number in re.findall(r"\d+(?:\.\d+)?", group or "")
    }


def missing_pages(text: str, folder: Path) -> set[str]:
    """Return the pages that a text names and that are neither here nor beside it."""
    named = set(_PAGE.findall(text))
    return {name for name in named if not any((at / name).is_file() for at in (ROOT, folder))}


def test_code_is_found() -> None:
    assert {path.relative_to(ROOT).parts[0] for path in CODE} == set(PLACES)


def test_references_of_the_code_lead_to_something() -> None:
    facts = read("docs/NETSUITE.md")
    features = {str(number) for number in FEATURES}
    sections, help_pages = set(_HEADING.findall(facts)), set(_HELP.findall(facts))
    lost = {}
    for path in CODE:
        text = text_of(path)
        lost[str(path.relative_to(ROOT))] = [
            *missing_pages(text, path.parent),
            *(numbers(_FEATURE, text) - features),
            *(numbers(_SECTION, text) - sections),
            *(set(_HELP.findall(text)) - help_pages),
            *_ELSEWHERE.findall(text),
        ]

    assert {path: names for path, names in lost.items() if names} == {}


def test_links_of_the_guides_lead_to_something() -> None:
    lost = [
        f"{path.relative_to(ROOT)}: {name}#{anchor}"
        for path in GUIDES
        for name, anchor in _LINK.findall(path.read_text())
        if "://" not in name and not leads_somewhere(path, name, anchor)
    ]

    assert lost == []


def leads_somewhere(page: Path, name: str, anchor: str) -> bool:
    """Return whether a link from `page` has a target."""
    target = (page.parent / name) if name else page
    return target.exists() and (not anchor or anchor in anchors(target))


def test_files_that_the_guides_name_are_there() -> None:
    files = [f"/{path.relative_to(ROOT)}" for path in [*CODE, *GUIDES]]
    named = {
        (str(path.relative_to(ROOT)), name)
        for path in GUIDES
        for name in _NAMED_FILE.findall(path.read_text())
    }

    assert ("docs/ARCHITECTURE.md", "const.py") in named
    lost = {each for each in named if not any(file.endswith(f"/{each[1]}") for file in files)}
    assert lost == set()


def test_tests_that_the_guides_name_are_there() -> None:
    written = {name for path in CODE for name in _TEST.findall(path.read_text())}
    named = {name for path in GUIDES for name in _NAMED_TEST.findall(path.read_text())}

    assert "test_pure_layer_does_not_import_odoo" in named
    assert named - written == set()


def anchors(path: Path) -> set[str]:
    """Return what a page's parts are called: as its headings, or as it says itself."""
    text = path.read_text()
    headings = re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    plain = (re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings)
    return {*plain, *re.findall(r'<a id="([\w-]+)">', text)}


def test_each_feature_stands_in_the_list_once() -> None:
    assert [int(number) for number in _ROW.findall(read("docs/FEATURES.md"))] == list(FEATURES)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("(docs/FEATURES.md 26, 32, 34)", {"26", "32", "34"}),
        ("as feature 9 says", {"9"}),
        ("features 16 and 20", {"16", "20"}),
        ("the feature of 2027", set()),
    ],
)
def test_numbers_of_features_are_seen(text: str, found: set[str]) -> None:
    assert numbers(_FEATURE, text) == found


def test_page_that_is_nowhere_is_seen() -> None:
    text = "see docs/FEATURES.md, README.md and docs/NOWHERE.md"

    assert missing_pages(text, ROOT / "netsuite_simulator") == {"docs/NOWHERE.md"}
