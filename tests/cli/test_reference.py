"""The reference in .github/ has every command and option as they are now."""

import re

import pytest

from lstmgen.cli.app import command as command_tree
from lstmgen.inspect.registry import VIEWS
from tests.cli.running import Runner
from tests.reference import PAGE, reference

SECTIONS = dict(re.findall(r"^#+ `(.*?)`\n(.*?)(?=^#|\Z)", reference(), re.MULTILINE | re.DOTALL))
COMMANDS = [name.removeprefix("lstmgen ") for name in SECTIONS if name not in {"lstmgen", "lstmgen inspect"}]


def test_it_is_up_to_date() -> None:
    if not command_tree().commands["train"].params[0].help:
        pytest.skip("typer before 0.26 with click from 8.5 on loses the words of arguments")
    if PAGE.read_text(encoding="utf-8") != reference():
        pytest.fail("Commands or options have changed since the reference was made: make reference", pytrace=False)


def test_it_has_every_command(run: Runner) -> None:
    shown = re.findall(r"^│ ([a-z]+) ", run("--help").out, re.MULTILINE)
    assert {"train", "sample", "inspect"} <= set(shown) == {name.split()[0] for name in [*COMMANDS, "inspect"]}
    assert [f"inspect {view.name}" for view in VIEWS] == [name for name in COMMANDS if name.startswith("inspect ")]


@pytest.mark.parametrize("command", COMMANDS)
def test_every_option_of_the_help_is_in_it(run: Runner, command: str) -> None:
    shown = run(*command.split(), "--help").out
    flags = set(re.findall(r"^│ [ *]*(-[-a-z]+)", shown, re.MULTILINE))
    assert {"--help"} < flags or command == "inspect tour"
    assert flags - {"--help"} <= set(re.findall(r"`(-[-a-z]+)", SECTIONS[f"lstmgen {command}"]))


def test_choices_defaults_and_signs_of_markdown() -> None:
    assert "- `--cell lstm|peephole|gru|rnn`: Type of recurrent cell. Default: lstm.\n" in SECTIONS["lstmgen train"]
    assert "Default: models/\\<corpus>.npz." in SECTIONS["lstmgen train"]
    assert "- `--top N`, `-k`: " in SECTIONS["lstmgen inspect predictions"]
    assert '    lstmgen sample -p "Once upon a time"       continue a prompt\n' in SECTIONS["lstmgen sample"]
    assert "[bold]" not in reference()
