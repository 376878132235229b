"""The command line: options become settings, settings one call, and what comes back is shown."""

from __future__ import annotations

import sys

from lstmgen.signals import exit_on_signals, hold_signals, restore_handlers

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

KEYBOARD = 130
_SHARED = (["train"], ["sample"])  # commands that join the processes which were started together


def main(arguments: Sequence[str] | None = None) -> int:
    """Run `lstmgen` with these arguments (None: the process's own) and return its exit code; nothing is raised.

    A signal that finds nothing unsaved ends the process.
    """
    words = list(sys.argv[1:] if arguments is None else arguments)
    before = exit_on_signals()
    try:
        return _run(words)
    finally:
        if arguments is not None:  # the process is somebody else's
            restore_handlers(before)


def _run(words: list[str]) -> int:
    from lstmgen.ranks.launcher import with_others

    if with_others() and words[:1] in _SHARED:
        hold_signals()
    from lstmgen.cli.error_report import end_with, report_error
    from lstmgen.terminal.streams import prepare_streams

    prepare_streams()
    return end_with(_done(words, report_error))


def _done(words: list[str], report_error: Callable[..., int]) -> int:
    """The exit code of the command."""
    named = "lstmgen"
    try:
        from lstmgen.api.keywords import options_as_typed
        from lstmgen.cli.app import command, command_named

        tree = command()
        named = command_named(tree, words)
        with options_as_typed():
            found = tree.main(args=words, prog_name="lstmgen", standalone_mode=False)
        sys.stdout.flush()
        if found == KEYBOARD:  # typer's newer versions make this of a KeyboardInterrupt
            raise KeyboardInterrupt
        return found if isinstance(found, int) else 0
    except SystemExit as error:  # typer's shell completion ends like this, and typer's own view of a closed pipe
        if isinstance(error.__context__, BrokenPipeError):
            return report_error(error.__context__)
        return error.code if isinstance(error.code, int) else 0
    except BaseException as error:
        return report_error(error, named)
