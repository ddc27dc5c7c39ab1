from pathlib import Path

import pytest

from tools import debian, odoo
from tools.errors import ToolError

RELEASE = "version_info = ({}, 0, FINAL, 0, '')\n"


def make_odoo(packages: Path, series: str = "19, 0") -> Path:
    (packages / "odoo").mkdir(parents=True)
    (packages / "odoo" / "release.py").write_text(RELEASE.format(series))
    return packages


@pytest.mark.parametrize("layout", ["", "usr/lib/python3/dist-packages"])
def test_home_is_used_as_source_tree_or_unpacked_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, layout: str
) -> None:
    make_odoo(tmp_path / layout)
    monkeypatch.setenv("ODOO_HOME", str(tmp_path))

    found = odoo.find()

    assert (found.origin, found.packages) == ("ODOO_HOME", tmp_path / layout)


def test_home_of_another_series_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_odoo(tmp_path, "18, 0")
    monkeypatch.setenv("ODOO_HOME", str(tmp_path))

    with pytest.raises(ToolError, match=r"holds Odoo 18\.0\. Set it to Odoo 19\.0\."):
        odoo.find()


def test_home_without_odoo_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ODOO_HOME", str(tmp_path))

    with pytest.raises(ToolError, match="holds no Odoo"):
        odoo.find()


def test_cached_odoo_is_the_newest_finished_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    folder = tmp_path / "kolleno-netsuite" / "odoo"
    for name in ("19.0.0+dfsg-9", "19.0.0+dfsg-10", "19.0.0+dfsg-11.partial"):
        (folder / name).mkdir(parents=True)

    assert debian.cached_odoo() == folder / "19.0.0+dfsg-10"


def test_fetch_off_debian_says_what_to_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(debian, "debian_codename", lambda: None)

    with pytest.raises(ToolError, match="Set ODOO_HOME"):
        debian.fetch_odoo()


def test_mend_replaces_a_dangling_script_by_an_empty_one(tmp_path: Path) -> None:
    script = tmp_path / "odoo/addons/mail/static/lib/selfie_segmentation/selfie_segmentation.js"
    script.parent.mkdir(parents=True)
    script.symlink_to("../nowhere.js")

    debian.mend(tmp_path)

    assert not script.is_symlink()
    assert script.read_text().startswith("/*")


def test_configuration_holds_the_database_and_no_way_to_reach_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(odoo, "DATA", tmp_path)
    monkeypatch.setenv("PGPASSWORD", "not-to-be-written")
    monkeypatch.setattr(odoo.Odoo, "addons_path", "/addons")
    found = odoo.Odoo("test", "19.0", tmp_path)

    text = odoo.write_configuration(found, "db_1", http_port=8070).read_text()

    assert "db_name = db_1\n" in text
    assert "dbfilter = ^db_1$\n" in text
    assert "http_port = 8070\n" in text
    assert "not-to-be-written" not in text
    assert "db_password" not in text
