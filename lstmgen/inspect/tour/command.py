"""`lstmgen inspect tour`: the lecture in eight steps, each with a command that is run on the spot."""

from __future__ import annotations

import sys
import textwrap

import typer

from lstmgen.inspect.tour.lesson import STEPS, Step
from lstmgen.terminal.streams import Messages, is_terminal

PAGE_WIDTH = 78
_END = "That was the tour. lstmgen inspect lists all views; lstmgen train mybook.txt makes a model of your own."


def tour(context: typer.Context) -> None:
    """Take a guided tour of the children's book in eight steps, about five minutes.

    [bold]lstmgen inspect tour[/]         Enter continues, q quits
    [bold]lstmgen inspect tour | less[/]  all of it at once
    """
    from lstmgen.inspect.commands.output import within

    asking = is_terminal(sys.stdin) and is_terminal(sys.stdout)
    messages, commands = Messages(), context.find_root().command
    with within(PAGE_WIDTH + 2):
        for number, step in enumerate(STEPS, 1):
            _write(page(step, number, len(STEPS)))
            if asking and not _goes_on(messages, "Enter runs it, q quits: "):
                return
            commands.main(args=[*step.words, "--quiet"], prog_name="lstmgen", standalone_mode=False)
            _write("\n")
            if asking and not _goes_on(messages, "Enter continues, q quits: "):
                return
            if asking:
                _write("\n")
    _write("\n".join(textwrap.wrap(_END, PAGE_WIDTH)) + "\n")


def page(step: Step, number: int, count: int) -> str:
    """A step's words and the command to come."""
    lines = [f"{number}/{count}  {step.title}", ""]
    for part in step.text.split("\n"):
        lines += [part] if part.startswith("  ") else textwrap.wrap(part, PAGE_WIDTH)
    return "\n".join([*lines, "", f"$ lstmgen {step.command}", ""])


def _goes_on(messages: Messages, prompt: str) -> bool:
    """Whether Enter was pressed, and not q; the end of the input leaves too."""
    messages.write(prompt)
    answer = sys.stdin.readline()
    return answer.endswith("\n") and not answer.strip().lower().startswith("q")


def _write(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()
