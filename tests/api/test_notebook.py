"""Training in a notebook: one display, updated in place; no IPython is imported where there is none."""

from __future__ import annotations

import math
import subprocess
import sys
from collections.abc import Callable
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

import lstmgen
from lstmgen.api.notebook import NotebookDisplay, notebook_display
from lstmgen.training import events
from lstmgen.training.finalize import COPY_SEARCH_NOTICE

TEXT = "Doug saw Jane. Jane saw Spot. Spot saw Doug.\n" * 60


def progress(**more: Any) -> events.Progress:
    facts: dict[str, Any] = {
        "step": 3, "steps": 10, "fraction": 0.3, "tokens_seen": 30, "tokens_per_second": 12_345.0, "loss": 1.0,
        "bits_per_character": 1.4427, "gradient_norm": 1.0, "rate": 0.01, "seconds": 1.0, "seconds_left": 7.0,
    }  # fmt: skip
    return events.Progress(**facts | more)


def listener() -> tuple[NotebookDisplay, list[str], Callable[[float], None]]:
    pages, clock = list[str](), [0.0]
    return NotebookDisplay(pages.append, lambda: clock[0]), pages, lambda seconds: clock.__setitem__(0, seconds)


def test_progress_loss_and_the_newest_sample_are_shown() -> None:
    told, pages, at = listener()
    told(progress())
    assert '<progress value="0.300" max="1">' in pages[-1] and "30 %, 7 s left" in pages[-1]
    assert "1.443 bits per character" in pages[-1] and "12,345 tokens per second" in pages[-1]
    at(1.0)
    told(events.Sampled(step=3, text="Doug saw", temperature=0.8))
    at(2.0)
    told(events.Sampled(step=4, text="Jane saw", temperature=0.8))
    assert "Jane saw" in pages[-1] and "Doug saw" not in pages[-1]
    at(3.0)
    told(progress(bits_per_character=math.nan, seconds_left=None))
    assert "nan" not in pages[-1] and "s left" not in pages[-1]


def test_events_that_come_quickly_are_shown_together() -> None:
    told, pages, at = listener()
    for k in range(50):
        at(k / 50)
        told(progress(step=k))
    assert len(pages) == 2  # at 0 and at 0.5 s
    told(events.Notice("One that had to wait."))
    assert len(pages) == 2
    at(1.0)
    told(progress())
    assert "One that had to wait." in pages[-1]


def test_nothing_that_is_shown_is_html_of_the_text() -> None:
    told, pages, at = listener()
    for k, event in enumerate((events.Notice("<b>\x1b[2J"), events.Sampled(1, "<script>alert(1)</script>\x1b", 0.8))):
        at(float(k))
        told(event)
    assert "<script" not in pages[-1] and "<b>" not in pages[-1] and "\x1b" not in pages[-1]
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in pages[-1] and "&lt;b&gt;" in pages[-1]


def test_a_finished_run_no_longer_says_what_it_was_doing() -> None:
    told, pages, at = listener()
    told(events.Notice("The rate was halved."))
    at(1.0)
    told(events.Notice(COPY_SEARCH_NOTICE))
    assert "Checking for passages copied" in pages[-1]
    finished: Any = object.__new__(events.Finished)
    for name, value in {"seconds": 61.0, "step": 1_234, "bits_per_character": 1.5}.items():
        object.__setattr__(finished, name, value)
    told(finished)
    assert "Checking" not in pages[-1] and "The rate was halved." in pages[-1]
    assert "Trained in 61 s, 1,234 updates" in pages[-1] and "1.500 bits per character" in pages[-1]


class Shown(list[tuple[str, str, bool]]):
    """Stands in for IPython.display."""

    def display(self, page: str, *, display_id: str, update: bool) -> None:
        self.append((page, display_id, update))

    @staticmethod
    def HTML(page: str) -> str:  # noqa: N802 - as IPython calls it
        return page


def as_kernel(monkeypatch: pytest.MonkeyPatch, shell: object) -> Shown:
    ipython, display, shown = ModuleType("IPython"), ModuleType("IPython.display"), Shown()
    ipython.get_ipython = lambda: shell  # type: ignore[attr-defined]
    display.display, display.HTML = shown.display, shown.HTML  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "IPython", ipython)
    monkeypatch.setitem(sys.modules, "IPython.display", display)
    return shown


def test_train_updates_one_display_in_place(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = as_kernel(monkeypatch, SimpleNamespace(kernel=object()))
    lstmgen.train(text=TEXT, steps=4, hidden_size=8)
    assert len(shown) >= 2 and len({identity for _, identity, _ in shown}) == 1
    assert [update for _, _, update in shown] == [False] + [True] * (len(shown) - 1)
    assert "4 updates" in shown[-1][0] and "validation loss" in shown[-1][0]
    before = len(shown)
    lstmgen.train(text=TEXT, steps=1, hidden_size=8, on_event=lambda event: None)
    assert len(shown) == before  # who listens shows it too


@pytest.mark.parametrize("shell", [None, SimpleNamespace()])
def test_in_a_terminal_nothing_is_displayed(monkeypatch: pytest.MonkeyPatch, shell: object) -> None:
    as_kernel(monkeypatch, shell)
    assert notebook_display() is None


def test_ipython_is_not_imported() -> None:
    code = "import sys; from lstmgen.api import train; from lstmgen.api.notebook import notebook_display as f\n"
    code += "assert f() is None and 'IPython' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)
