from pathlib import Path

import pytest

from tools import databases, test_loop

SUITE = ("kolleno_netsuite",)


@pytest.fixture(autouse=True)
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for path in ("kolleno_netsuite/tests", "tests/tools", "tests/unit"):
        (tmp_path / path).mkdir(parents=True)
        (tmp_path / path / "test_a.py").touch()
    (tmp_path / "kolleno_netsuite" / "__manifest__.py").write_text(
        "{'depends': ['account', 'mail']}"
    )
    for module in (test_loop, databases):
        monkeypatch.setattr(module, "ROOT", tmp_path)
    return tmp_path


def test_select_takes_everything_that_has_tests_without_a_path() -> None:
    chosen = test_loop.select(["-k", "payment"])

    assert chosen.pure == ["tests/tools", "tests/unit"]
    assert chosen.suites == {SUITE: ["kolleno_netsuite/tests"]}
    assert chosen.options == ["-k", "payment"]


def test_select_sends_a_path_into_odoo_or_not_by_where_it_lies() -> None:
    node = "kolleno_netsuite/tests/test_a.py::TestA::test_b"

    chosen = test_loop.select([node, "tests/unit", "-x"])

    assert chosen.suites == {SUITE: [node]}
    assert chosen.pure == ["tests/unit"]
    assert chosen.options == ["-x"]


def test_select_takes_an_expression_of_any_length() -> None:
    expression = " or ".join(f"name_{number}" for number in range(100))

    assert test_loop.select(["tests/unit", "-k", expression]).options == ["-k", expression]


def test_closing_line_sums_runs_in_pytests_words() -> None:
    counts = [
        {"passed": 3, "failed": 0, "errors": 1, "skipped": 0},
        {"passed": 4, "failed": 2, "errors": 0, "skipped": 0},
    ]

    line = test_loop.closing_line(counts, 61.5)

    assert line.strip("=") == " 2 failed, 7 passed, 1 error in 61.50s "
    assert len(line) == 80


def test_count_reads_the_report_and_a_missing_one_is_an_error(tmp_path: Path) -> None:
    report = tmp_path / "report.xml"
    report.write_text(
        '<testsuites><testsuite tests="9" failures="2" errors="1" skipped="1"/></testsuites>'
    )

    assert test_loop._count(report) == {"passed": 5, "failed": 2, "errors": 1, "skipped": 1}
    assert test_loop._count(report)["errors"] == 1


def test_browser_is_wanted_only_by_tests_that_drive_one(tree: Path) -> None:
    path = tree / "kolleno_netsuite" / "tests" / "test_a.py"
    assert not test_loop._use_browser(["kolleno_netsuite/tests"])

    path.write_text("self.browser_js('/odoo', '')")

    assert test_loop._use_browser(["kolleno_netsuite/tests"])
    assert test_loop._use_browser(["kolleno_netsuite/tests/test_a.py::TestA"])


def test_files_that_take_longest_come_first(tree: Path) -> None:
    folder = tree / "kolleno_netsuite" / "tests"
    (folder / "sync").mkdir()
    for name, number in (("test_b", 9), ("sync/test_c", 5), ("test_d", 1)):
        (folder / f"{name}.py").write_text("    def test_it(self):\n" * number)
    slow = folder / "test_crash.py"
    slow.write_text("class TestCrash(CrashCase):\n" + "    def test_it(self):\n" * 2)

    files = test_loop.files_below(["kolleno_netsuite/tests"])

    names = [Path(path).stem for path in files]
    assert names == ["test_crash", "test_b", "test_c", "test_d", "test_a"]


def test_what_names_a_file_or_a_test_is_not_divided(tree: Path) -> None:
    paths = ["kolleno_netsuite/tests/test_a.py::TestA", "kolleno_netsuite/tests/test_a.py"]

    assert test_loop.files_below(paths) == []
    assert test_loop.files_below(paths[1:]) == []
    assert test_loop.files_below([*paths[1:], "kolleno_netsuite/tests"]) == paths[1:]


def test_dependencies_split_own_addons_from_odoos(tree: Path) -> None:
    glue = tree / "kolleno_netsuite_oidc"
    glue.mkdir()
    (glue / "__manifest__.py").write_text("{'depends': ['kolleno_netsuite', 'auth_oauth']}")

    own, others = databases.dependencies(["kolleno_netsuite_oidc"])

    assert own == ["kolleno_netsuite", "kolleno_netsuite_oidc"]
    assert others == ["account", "auth_oauth", "mail"]


def test_sources_change_with_the_addon_but_not_with_its_tests(tree: Path) -> None:
    def digest() -> str:
        return databases._digest(databases._sources(["kolleno_netsuite"]))

    before = digest()
    (tree / "kolleno_netsuite" / "tests" / "test_a.py").write_text("changed")
    after_test = digest()
    (tree / "kolleno_netsuite" / "const.py").write_text("X = 1")

    assert before == after_test
    assert digest() != before
