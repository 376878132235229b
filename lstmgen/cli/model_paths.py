"""Which files `train` writes and goes on from: names for models, states found again, refusals before any work."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from lstmgen.api.finding import MODELS_FOLDER
from lstmgen.cli.next_commands import model_argument
from lstmgen.errors import LstmgenError, ResourceError, UsageError
from lstmgen.modelfile import OutputLock, read_header
from lstmgen.paths import STATE_ENDING, checked_path, refuse_to_replace, state_path, text_stem


def model_name(corpus: Sequence[str]) -> str:
    """The model's name: the stem of the first text, so changed that it is neither hidden nor taken for a state."""
    if not corpus:
        return "corpus"
    path = Path(corpus[0])
    if corpus[0] == "-":
        return "stdin"
    stem = path.absolute().resolve().name if path.is_dir() else text_stem(path)
    stem = stem.lstrip(".") or "corpus"
    return stem.removesuffix(".state") + "-state" if stem.endswith(".state") else stem


def output_path(corpus: Sequence[str], out: str | None) -> Path:
    """The path of the model: models/NAME.npz, or as --out has it; a folder takes NAME.npz."""
    if out is None:
        return MODELS_FOLDER / f"{model_name(corpus)}.npz"
    if not out.strip():
        raise UsageError("--out is empty.\nGive the name of a file or folder.")
    path = checked_path(out)
    if path.is_dir() or out.endswith(("/", os.sep)):
        return path / f"{model_name(corpus)}.npz"
    if path.name.endswith(STATE_ENDING):
        raise UsageError(
            f"--out {out} is the name of a state file.\nName the model: --out {out.removesuffix(STATE_ENDING)}.npz"
        )
    return path if path.suffix == ".npz" else path.with_name(path.name + ".npz")


def refuse_to_replace_run(model: Path) -> None:
    """Before anything is read: UsageError where the model or its state is there already, with all ways on from it."""
    for path in (model, state_path(model)):
        refuse_to_replace(path, lambda: _ways_on_if_idle(model))


def _ways_on_if_idle(model: Path) -> str:
    """The ways on; UsageError where a run is writing these files."""

    with OutputLock(model, state_path(model)):
        return existing_model_options(model)


def existing_model_options(model: Path) -> str:
    """What can be done with a model or state that is there; which way goes on depends on whether its run has ended."""

    anew = "Keep both: --out models/ANOTHER.npz. Replace it: --force."
    state = state_path(model)
    try:
        header, facts = read_header(state if state.exists() else model)
        step, finished = int(header["training"]["updates"]), facts.get("counters", {}).get("finished")
        larger = _twice(**header["training"]["budget"])
    except (LstmgenError, KeyError, TypeError, ValueError, AttributeError, OverflowError):
        return f".\nContinue it: --resume. {anew}"
    weights = f"Start from its weights: --from {model_argument(model)} --out models/ANOTHER.npz\n" * model.exists()
    if not facts:
        return f", without a state file to resume from.\n{weights}{anew}"
    if not finished:
        return f", from an unfinished run ({step:,} updates so far).\nContinue it: --resume\n{weights}{anew}"
    ended, more = f", from a finished run ({step:,} updates)", "Continue it to twice its budget: --resume"
    return f"{ended}.\n{more} {larger}\n{weights}{anew}"


def _twice(kind: str, amount: float) -> str:
    """Two budgets' worth as the option that asks for it: --time 10m, --steps 600, --epochs 5."""
    if kind == "time":
        seconds = 2 * amount
        return f"--time {seconds / 60:g}m" if seconds % 60 == 0 else f"--time {seconds:g}s"
    if kind not in ("steps", "epochs"):
        raise ValueError(f"no budget is {kind!r}")
    return f"--{kind} {2 * amount:.15g}"


def check_writable(model: Path) -> None:
    """Refuse now what could not be written later; nothing is made yet."""
    folder = model.parent
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    if not folder.is_dir():
        raise UsageError(f"{folder} is a file, not a folder.\nChoose another place with --out.")
    if not os.access(folder, os.W_OK | os.X_OK):
        raise ResourceError(f"No permission to write in {folder.absolute()}.\nChoose another place with --out.")


def state_to_resume(corpus: Sequence[str], out: str | None) -> tuple[Path, list[str], Path | None]:
    """For --resume: the state to go on from, the text if it was named, and where the files go if elsewhere.

    The state is that of --out if there is one, else of the model the text would give, else (no text) the newest.
    """
    names = list(corpus)
    if len(names) == 1 and names[0].endswith(".npz"):  # the model or its state, named instead of the text
        model = Path(names.pop().replace(STATE_ENDING, ".npz"))
        return _there(state_path(model)), names, output_path([str(model)], out) if out else None
    target = output_path(names, out) if out is not None else None
    if target is not None and state_path(target).exists():
        return state_path(target), names, None
    if names:
        return _there(state_path(output_path(names, None))), names, target
    return _newest(), names, target


def check_origin(state: Path, given: str | None) -> None:
    """UsageError where a run that goes on did not begin with the model that --from names."""
    if given is None:
        return
    origin = dict(read_header(state)[1].get("plan") or {}).get("origin") or {}
    had, name = origin.get("name"), Path(given).name
    if had not in (name, name.removesuffix(".npz")):
        began = "without another model's weights" if had is None else f"from {had}"
        raise UsageError(
            f"This run started {began}, not from {given}.\n"
            "Leave --from out to resume it, or start a new run with --out or --force."
        )


def _there(state: Path) -> Path:
    if state.exists():
        return state
    others = _states()
    have = f"These exist: {', '.join(map(str, others))}; name one with --out." if others else "Leave --resume out."
    raise UsageError(f"There is no run to resume: {state} does not exist.\n{have}")


def _newest() -> Path:
    states = _states()
    if not states:
        raise UsageError("There is no run to resume in models/.\nStart one: lstmgen train corpus.txt")
    return states[0]


def _states() -> list[Path]:
    try:
        found = [path for path in MODELS_FOLDER.glob(f"*{STATE_ENDING}") if not path.name.startswith(".")]
        return sorted(found, key=lambda path: (-path.stat().st_mtime_ns, path.name))
    except OSError:
        return []
