"""The one place that turns an error into a message on stderr and an exit code.

0 done, a closed pipe too; 1 a bug of ours; 2 usage, a missing path or a refusal; 3 the text; 4 the model file; 5 disk,
memory or permission; 6 training diverged; 130 and 143 interrupted. Whatever a user can cause ends without a traceback.
"""

from __future__ import annotations

import errno
import os
import re
import sys
import traceback
from io import StringIO
from pathlib import Path
from typing import Any

from lstmgen.cleaning import clean
from lstmgen.errors import InterruptedTraining, LstmgenError, UsageError
from lstmgen.ranks.launcher import first_on_its_machine
from lstmgen.ranks.world import has_joined, leave
from lstmgen.terminal.streams import Messages

_QUOTE = "'"
_NO_CHOICE = re.compile(r"'(.*)' is not one of (.*)\.$")
_NO_NUMBER = re.compile(r"'(.*)' is not a valid (\w+)(?: range)?\.")
_NUMBERS = {"float": "a number", "int": "a whole number", "integer": "a whole number"}
_MISSING = (FileNotFoundError, IsADirectoryError, NotADirectoryError)


def report_error(error: BaseException, command: str = "lstmgen") -> int:  # noqa: PLR0911 - a return for each kind
    """Say on stderr what went wrong and what to do about it; return the exit code.

    command: the one that was run, as in "lstmgen inspect gates", whose help is pointed to where nothing better is said.
    """
    messages = Messages(stream=StringIO() if _is_said_elsewhere() else None)
    if isinstance(error, BrokenPipeError):
        _let_go_of_stdout()
        return 0
    if isinstance(error, KeyboardInterrupt) or _is_called(error, "Abort"):
        messages.notice("Interrupted.")
        return 130
    if isinstance(error, InterruptedTraining):
        messages.notice(str(error)[:1].upper() + str(error)[1:])
        return error.exit_code
    if isinstance(error, LstmgenError):
        message = str(error)
        unsaid = isinstance(error, UsageError) and "\n" not in message
        _say_error(messages, f"{message}\n{_help_of(command)}" if unsaid else message)
        return error.exit_code
    if _is_called(error, "ClickException"):
        return _explain_usage(messages, error, command)
    if isinstance(error, MemoryError):
        what = f" ({error})" if str(error) else ""
        _say_error(
            messages, f"Not enough memory{what}.\nTry a smaller corpus, --batch-size, --seq-length or --hidden-size."
        )
        return 5
    if isinstance(error, OSError):
        return _explain_system(messages, error)
    return _explain_bug(messages, error)


def end_with(code: int) -> int:
    """The exit code of this process; whatever others were started with it end with the same."""
    leave(code)
    return code


def _is_said_elsewhere() -> bool:
    """Whether this is one of several processes that were typed alike and have not come far enough to differ."""
    return not has_joined() and not first_on_its_machine()


def _is_called(error: BaseException, name: str) -> bool:
    """Whether the error's class or a parent has this name: typer carries its own copy of click in some versions."""
    return any(kind.__name__ == name for kind in type(error).__mro__)


def _say_error(messages: Messages, message: str) -> None:
    """The first line is marked as the error; the last one is the way out."""
    text = messages.wrapped(f"Error: {clean(message)}")
    mark = "\x1b[1;31mError:\x1b[0m" if messages.colour else "Error:"
    messages.write(mark + text.removeprefix("Error:") + "\n")


def _help_of(command: str) -> str:
    return f"Try '{command} --help' for help."


def _explain_usage(messages: Messages, error: BaseException, command: str) -> int:
    context = getattr(error, "ctx", None)
    if not _is_called(error, "NoArgsIsHelpError"):  # that one has shown the help already
        message = _not_taken(error) or error.format_message()  # type: ignore[attr-defined]
        way_out = _help_of(context.command_path if context is not None else command)
        if message.startswith("Got unexpected extra argument"):
            way_out = f"{_what_names_it(context)}{way_out}"
        _say_error(messages, f"{clean(message, one_line=True)}\n{way_out}")
    return int(getattr(error, "exit_code", 2))


def _not_taken(error: BaseException) -> str:
    """What was typed where a number or one of a few words is wanted, as other refusals have it; empty for all else.

    Some versions of typer say it in a message, others in what pydantic, of which they are made, has raised.
    """
    param, message = getattr(error, "param", None), str(getattr(error, "message", ""))
    if param is None:
        return ""
    option = param.opts[0]
    if met := _NO_CHOICE.search(message):
        return f"{option} must be one of {met[2].replace(_QUOTE, '')}, not '{met[1]}'."
    if met := _NO_NUMBER.fullmatch(message):
        given, kind = met[1], met[2]
    else:
        faults: list[dict[str, Any]] = getattr(error.__cause__, "errors", list)()
        given, kind = (str(faults[0]["input"]), faults[0]["type"].partition("_parsing")[0]) if faults else ("", "")
    if kind not in _NUMBERS:
        return ""
    point = ", with a point" if kind == "float" and "," in given else ""
    return f"{option} must be {_NUMBERS[kind]}{point}, not {given!r}."


def _what_names_it(context: Any) -> str:
    """By which options a command takes what was given to it without one."""
    names = {param.name for param in context.command.params} if context is not None else set[str]()
    ways = {"model": "a model is named by -m", "prompt": "a prompt by -p", "text": "a text by --text"}
    said = ", ".join(way for name, way in ways.items() if name in names)
    return f"{said[:1].upper()}{said[1:]}.\n" if said else ""


def _explain_system(messages: Messages, error: OSError) -> int:
    reason = error.strerror or str(error) or type(error).__name__
    where = f": {clean(os.fsdecode(error.filename), one_line=True)}" if isinstance(error.filename, str | bytes) else ""
    if error.errno == errno.ENAMETOOLONG:
        _say_error(messages, f"{reason}{where}.\nGive a shorter name; --out names the model.")
        return 2
    if isinstance(error, _MISSING):
        _say_error(messages, f"{reason}{where}.\nCheck the path.")
        return 2
    way_out = "Check its permissions" if isinstance(error, PermissionError) else "Check the disk"
    _say_error(messages, f"{reason}{where}.\n{way_out}, or give another path with --out.")
    return 5


def _explain_bug(messages: Messages, error: BaseException) -> int:
    what = "".join(traceback.format_exception_only(error)).strip()
    frames = traceback.extract_tb(error.__traceback__)
    where = f" ({Path(frames[-1].filename).name}, line {frames[-1].lineno})" if frames else ""
    _say_error(messages, f"this is a bug in lstmgen, not a mistake of yours: {what}{where}")
    if os.environ.get("LSTMGEN_DEBUG"):
        messages.notice("".join(traceback.format_exception(error)).rstrip("\n"))
    else:
        messages.notice("Please report it, with your command and what it prints when LSTMGEN_DEBUG=1 is set.")
    return 1


def _let_go_of_stdout() -> None:
    """Nobody reads it any more: point it at nothing, so that Python's own flush at exit stays silent too."""
    try:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)
    except (OSError, ValueError, AttributeError):
        pass
