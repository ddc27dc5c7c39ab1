from pathlib import Path

import pytest

from tools.apt_sources import Source, debian_archive, read_sources
from tools.errors import ToolError


@pytest.fixture
def etc(tmp_path: Path) -> Path:
    (tmp_path / "sources.list.d").mkdir()
    return tmp_path


def test_deb822_source_is_read_with_its_keyring(etc: Path) -> None:
    (etc / "sources.list.d" / "debian.sources").write_text(
        "Types: deb deb-src\n"
        "# a comment inside\n"
        "URIs: http://mirror.example/debian\n"
        "Suites: bookworm bookworm-updates\n"
        "Components: main contrib\n"
        "Signed-By: /keys/debian.gpg\n"
    )

    (source,) = read_sources(etc)

    assert source == Source(
        ("http://mirror.example/debian",),
        ("bookworm", "bookworm-updates"),
        ("main", "contrib"),
        {"Signed-By": "/keys/debian.gpg"},
    )


def test_deb822_key_over_several_lines_is_kept_whole(etc: Path) -> None:
    (etc / "sources.list.d" / "a.sources").write_text(
        "Types: deb\nURIs: http://m.example/debian\nSuites: trixie\nComponents: main\n"
        "Signed-By:\n -----BEGIN-----\n .\n abc\n"
    )

    (source,) = read_sources(etc)

    assert source.stanza(("sid",)).endswith("Signed-By: \n -----BEGIN-----\n .\n abc\n")


@pytest.mark.parametrize("line", ["Enabled: no", "Types: deb-src"])
def test_deb822_source_is_left_out_when_it_is_not_in_use(etc: Path, line: str) -> None:
    text = "Types: deb\nURIs: http://m.example/debian\nSuites: trixie\nComponents: main\n"
    (etc / "sources.list.d" / "a.sources").write_text(
        text.replace("Types: deb", line) if line.startswith("Types") else f"{text}{line}\n"
    )

    assert read_sources(etc) == []


def test_one_line_source_is_read_with_its_options(etc: Path) -> None:
    (etc / "sources.list").write_text(
        "# deb http://old.example/debian stretch main\n"
        "deb-src http://m.example/debian bookworm main\n"
        "deb [arch=amd64 signed-by=/keys/a.gpg] http://m.example/debian bookworm main # mirror\n"
    )

    (source,) = read_sources(etc)

    assert source == Source(
        ("http://m.example/debian",), ("bookworm",), ("main",), {"Signed-By": "/keys/a.gpg"}
    )


def test_archive_is_debians_own_among_third_parties() -> None:
    third_party = Source(("https://apt.vendor.example",), ("bookworm",), ("main",))
    security = Source(("http://m.example/debian-security",), ("bookworm-security",), ("main",))
    archive = Source(("http://m.example/debian",), ("bookworm",), ("main",))

    assert debian_archive([third_party, security, archive], "bookworm") is archive


def test_archive_is_refused_with_a_remedy_when_there_is_none() -> None:
    cdrom = Source(("cdrom:[Debian]/",), ("bookworm",), ("main",))

    with pytest.raises(ToolError, match="ODOO_HOME"):
        debian_archive([cdrom], "bookworm")


def test_stanza_names_the_wanted_suites_only() -> None:
    source = Source(("http://m.example/debian",), ("bookworm",), ("main",), {"Trusted": "yes"})

    assert source.stanza(("sid", "trixie")) == (
        "Types: deb\nURIs: http://m.example/debian\nSuites: sid trixie\nComponents: main\n"
        "Trusted: yes\n"
    )
