"""Removing models: which files a name stands for, whether they may go, and whether somebody has said so."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from lstmgen.api.finding import MODELS_FOLDER, find_model
from lstmgen.cleaning import on_one_line
from lstmgen.errors import ModelFileError, UsageError
from lstmgen.modelfile import OutputLock, peek_kind
from lstmgen.paths import STATE_ENDING, checked_path, model_path, state_path
from lstmgen.shipped import is_shipped_model
from lstmgen.terminal.amounts import size
from lstmgen.terminal.model_name import SHIPPED_WORDS, name_of_file
from lstmgen.terminal.streams import Messages, is_terminal


def remove_models(names: Sequence[str], *, yes: bool, quiet: bool) -> None:
    """Remove them all or, after a refusal, none. Raises UsageError where one is not there or must stay."""
    models = list(dict.fromkeys(_model_of(name) for name in names))
    for model in models:
        _check_removable(model)
    messages = Messages(quiet)
    if not yes and not _is_agreed(messages, [file for model in models for file in _files_of(model)]):
        messages.notice("Nothing was removed.")
        return
    for model in models:
        with _lock_of(model):
            for file in _files_of(model):
                file.unlink()
                messages.info(f"removed {file}")


def _model_of(name: str) -> Path:
    """The path of the model that is meant, by its own name or its state's; there may be the state alone."""
    given = checked_path(name)
    for model in (model_path(given), MODELS_FOLDER / model_path(given)):
        if (given.name.endswith(STATE_ENDING) or not model.exists()) and state_path(model).is_file():
            return model
    return find_model(name)


def _files_of(model: Path) -> list[Path]:
    """Those that are there, the state first: what is left of an interrupted removal can still be used."""
    return [file for file in (state_path(model), model) if file.is_file() or file.is_symlink()]


def _check_removable(model: Path) -> None:
    """UsageError for what comes with the program, is no model, or is written by a run."""
    if is_shipped_model(model):
        raise UsageError(f"{name_of_file(model)} {SHIPPED_WORDS} and stays.\nRemove models that you have trained.")
    for file in _files_of(model):
        try:
            peek_kind(file)
        except ModelFileError as error:
            if (
                file.suffix == ".npz" and file.parent.resolve() == MODELS_FOLDER.resolve()
            ):  # damaged, and listed as such
                continue
            why = str(error).partition("\n")[0]
            raise UsageError(f"{why}\nOnly models are removed; remove other files yourself.") from error
    _lock_of(model).release()


def _lock_of(model: Path) -> OutputLock:
    """Held until it is released. UsageError where a run holds it."""
    lock = OutputLock(model, *_files_of(model))
    try:
        lock.take()
    except UsageError as error:
        lock.release()
        raise UsageError(
            f"{model} is being trained now.\nStop that run first (Ctrl-C where it runs), then remove the model."
        ) from error
    return lock


def _is_agreed(messages: Messages, files: Sequence[Path]) -> bool:
    """Whether somebody who was shown the files has said yes."""
    if not (is_terminal(sys.stdin) and is_terminal(sys.stderr)):
        raise UsageError("Nobody can be asked here whether to remove this for good.\nSay so beforehand: --yes")
    messages.notice("This will be removed for good:")
    for file in files:
        messages.notice(f"  {on_one_line(str(file))} ({size(file.lstat().st_size)})")
    messages.write("Remove? [y/N] ")
    return sys.stdin.readline().strip().lower() in ("y", "yes")
