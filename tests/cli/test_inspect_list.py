"""`lstmgen inspect` alone: the list of views, a line each, with an example that runs."""

import re
import shlex
from pathlib import Path

import pytest

import lstmgen
from lstmgen.inspect.registry import FILE, GROUPS, LESSON, TEXT, VIEWS, ViewEntry, listing
from tests.cli.running import Runner, cycle
from tests.test_light import light_run


def test_every_view_has_a_line(run: Runner) -> None:
    ran = run("inspect")
    lines = ran.out.splitlines()
    assert (ran.code, ran.err, ran.out) == (0, "", listing())
    assert len(lines) <= 23 and max(map(len, lines)) <= 80
    shown = [re.match(r"  (\S+)(.*?)   *(\S.*)$", line) for line in lines if line.startswith("  ")]
    assert [found[1] for found in shown if found] == [view.name for view in VIEWS]
    heads = [line for line in lines[1:-1] if not line.startswith(" ")]
    assert heads == [group for group in GROUPS if any(view.group == group for view in VIEWS)]


def test_help_says_the_same(run: Runner) -> None:
    shown = run("inspect", "--help").out
    for view in VIEWS:
        assert re.search(rf"│ {view.name} .*{re.escape(view.summary.split()[0])}", shown)
        assert view.group in shown


@pytest.mark.parametrize("view", [pytest.param(view, id=view.name) for view in VIEWS])
@pytest.mark.parametrize("cell", (None, "rnn"))
def test_its_example_runs(run: Runner, view: ViewEntry, cell: str | None) -> None:
    if cell is not None:
        Path("models").mkdir()
        cycle(["one", "two", "three"], level="word").save("models/newest.npz")
    words = shlex.split(view.example)
    assert words[0] == view.name
    ran = run("inspect", *words)
    assert ran.code == 0 and (ran.out or "wrote " in ran.err)


@pytest.mark.parametrize("name", [view.name for view in VIEWS if view.name not in ("tour", "report")])
def test_out_takes_the_forms_its_help_names(run: Runner, name: str) -> None:
    said = re.search(r"ending decides the format: (.*?)\.", re.sub(r"[\s│]+", " ", run("inspect", name, "--help").out))
    refused = run("inspect", name, "--out", "found.doc")
    taken = re.search(r"must end in (.*?): the ending", refused.err)
    assert refused.code == 2 and said and taken
    assert said[1] == taken[1].replace(".", "")


def test_it_is_light(tmp_path) -> None:
    assert light_run(["inspect"], tmp_path) == listing()


def test_every_folder_with_a_command_is_a_view() -> None:
    inspect = Path(lstmgen.__file__).parent / "inspect"
    assert sorted(path.parent.name for path in inspect.glob("*/command.py")) == sorted(view.name for view in VIEWS)
    assert [view.group for view in VIEWS] == sorted((view.group for view in VIEWS), key=GROUPS.index)


def test_groups_keep_their_order() -> None:
    views = [ViewEntry("a", FILE, "", "one"), ViewEntry("b", LESSON, "-x 1", "two")]
    text = listing(views).splitlines()
    assert text[1:5] == [LESSON, "  b -x 1  two", FILE, "  a       one"]
    assert TEXT not in text


def test_slips_of_the_pen(run: Runner) -> None:
    ran = run("inspect", "gats")
    assert (ran.code, ran.out) == (2, "") and "Did you mean 'gates'?" in ran.err
