import multiprocessing
from pathlib import Path

import pytest

from tools import cache
from tools.errors import ToolError


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))


def test_finished_folder_is_built_once(tmp_path: Path) -> None:
    built = []

    def build(folder: Path) -> None:
        built.append(folder)
        (folder / "file").touch()

    first = cache.finished_folder(tmp_path / "step-1.0", build)
    second = cache.finished_folder(tmp_path / "step-1.0", build)

    assert first == second == tmp_path / "step-1.0"
    assert (first / "file").exists()
    assert len(built) == 1


def test_finished_folder_is_absent_after_an_interruption_and_built_anew(tmp_path: Path) -> None:
    def interrupted(folder: Path) -> None:
        (folder / "half").touch()
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        cache.finished_folder(tmp_path / "step", interrupted)
    assert not (tmp_path / "step").exists()

    final = cache.finished_folder(tmp_path / "step", lambda folder: (folder / "whole").touch())

    assert [path.name for path in final.iterdir()] == ["whole"]


def _take(name: str, folder: Path, order: "multiprocessing.Queue[str]") -> None:
    with cache.lock(name, folder):
        order.put("second")


def test_lock_keeps_another_process_out_until_it_is_released(tmp_path: Path) -> None:
    context = multiprocessing.get_context("fork")
    order: multiprocessing.Queue[str] = context.Queue()
    other = context.Process(target=_take, args=("demo", tmp_path, order))

    with cache.lock("demo", tmp_path):
        other.start()
        other.join(0.5)
        waiting = other.is_alive() and order.empty()
    other.join(10)

    assert waiting
    assert order.get(timeout=5) == "second"


def test_space_is_refused_with_both_figures_when_the_disk_is_too_small(tmp_path: Path) -> None:
    with pytest.raises(ToolError, match=r"needs 1000000000.0 GB .* are free"):
        cache.require_space(tmp_path, 10**18, "Odoo")
