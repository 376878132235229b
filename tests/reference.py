"""The reference of every command and option, .github/REFERENCE.md, made from the command tree: `make reference`.

What --help shows, as Markdown that depends neither on a terminal nor on the version of typer.
"""

from __future__ import annotations

import re
import typing
from collections.abc import Iterator
from enum import Enum
from pathlib import Path
from typing import Any

from rich.text import Text

from lstmgen.cli.app import command as command_tree

PAGE = Path(__file__).parents[1] / ".github" / "REFERENCE.md"
BY_TYPER = {"help", "install_completion", "show_completion"}  # whose words are typer's own; the introduction has them
INTRODUCTION = """\
# Reference

Every command and option, as `--help` shows them; made from the program by `make reference`. `-h` or `--help` stands
after any command. `lstmgen --install-completion` makes the shell in use complete commands and options;
`lstmgen --show-completion` prints what that would install.
"""


def reference() -> str:
    """The whole page."""
    return "\n".join([INTRODUCTION, *_sections("lstmgen", command_tree(), 2)])


def _sections(name: str, command: Any, depth: int) -> Iterator[str]:
    """This command's section, then those of the commands in it."""
    yield f"{'#' * depth} `{name}`\n"
    yield from _words(_plain(command.help or ""))
    for panel, rows in _panels(command).items():
        yield from ([f"{panel}:\n"] if panel else [])
        yield "\n".join(rows) + "\n"
    for inner, one in getattr(command, "commands", {}).items():
        if not one.hidden:
            yield from _sections(f"{name} {inner}", one, min(depth + 1, 3))


def _plain(marked: str) -> str:
    """Without rich's markup."""
    return Text.from_markup(marked).plain


def _words(text: str) -> Iterator[str]:
    """Paragraphs as they are, those of commands to be typed as blocks of code."""
    for paragraph in text.strip().split("\n\n"):
        lines = paragraph.splitlines()
        if lines[0].startswith("lstmgen "):
            yield "\n".join(f"    {line}" for line in lines) + "\n"
        else:
            yield _escaped(" ".join(lines)) + "\n"


def _panels(command: Any) -> dict[str, list[str]]:
    """Panel of the help -> a line for each of its arguments and options, in their order there."""
    choices = _choices(command.callback) if command.callback else {}
    panels: dict[str, list[str]] = {}
    for parameter in command.params:
        if parameter.name not in BY_TYPER and not parameter.hidden:
            panel = getattr(parameter, "rich_help_panel", None) or ""
            panels.setdefault(panel, []).append(_row(parameter, choices.get(parameter.name)))
    return panels


def _choices(callback: Any) -> dict[str, str]:
    """Name of each parameter that takes one of a few words -> those words."""
    words = {}
    for name, hint in typing.get_type_hints(callback).items():
        for kind in (hint, *typing.get_args(hint)):
            if isinstance(kind, type) and issubclass(kind, Enum):
                words[name] = "|".join(str(member.value) for member in kind)
    return words


def _row(parameter: Any, choices: str | None) -> str:
    """One option: its flags, what it takes, what it does, its default."""
    takes = parameter.metavar or choices or ""
    if parameter.param_type_name == "argument":
        names = [f"{takes or parameter.name.upper()}{' ...' if parameter.nargs == -1 else ''}"]
    else:
        longest_first = sorted([*parameter.opts, *parameter.secondary_opts], key=lambda flag: not flag.startswith("--"))
        names = [f"{flag} {takes}".strip() if flag.startswith("--") else flag for flag in longest_first]
    text = _plain(parameter.help or "")
    if parameter.show_default and parameter.default not in (None, False):
        text += f" [default: {parameter.default}]"
    text = re.sub(r" ?\[default: ([^]]*)\]", lambda default: f" Default: {default[1]}.", text)
    return f"- {', '.join(f'`{name}`' for name in names)}: {_escaped(text)}"


def _escaped(text: str) -> str:
    """As Markdown that shows just this."""
    return re.sub(r"([\\<*_`\[])", r"\\\1", text)


if __name__ == "__main__":
    PAGE.write_text(reference(), encoding="utf-8", newline="\n")
