"""Training from Python: a text in, a model out, every event told on the way."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any

from lstmgen.api.given_paths import check_paths_and_text
from lstmgen.api.keywords import errors_name_keywords
from lstmgen.api.model import Model
from lstmgen.api.notebook import notebook_display
from lstmgen.api.starting import load_options_like, start_from
from lstmgen.durations import parse_duration
from lstmgen.errors import UsageError
from lstmgen.modelfile import OutputLock, read_state
from lstmgen.network.precision import check_precision
from lstmgen.paths import checked_path, model_path
from lstmgen.ranks.single import SINGLE, Ranks
from lstmgen.settings import (
    MODEL_KEYWORDS,
    TRAINING_KEYWORDS,
    ModelSettings,
    TrainingSettings,
    model_settings,
    training_settings,
)
from lstmgen.text import Corpus, load_corpus, load_text
from lstmgen.training import events, following, session
from lstmgen.training.checking import recorded_text_options
from lstmgen.training.checkpoint import output_lock
from lstmgen.training.interrupts import StopFlag, stop_on_signals
from lstmgen.training.pretrained import Pretrained
from lstmgen.training.resuming import option_as_typed
from lstmgen.training.shards import check_ranks

_TEXT = frozenset(("level", "lines", "encoding", "errors", "keep_newlines", "min_count", "stdin", "documents"))
_SHOWN_SKIPPED = 10  # files of a folder that are named one by one

_Listener = Callable[[events.Event], object]
Stop = Callable[[], bool]


@errors_name_keywords
def train(
    *paths: str | Path,
    text: str | None = None,
    out: str | Path | None = None,
    from_model: str | Path | Model | None = None,
    on_event: _Listener | None = None,
    stop: Stop | None = None,
    force: bool = False,
    ranks: Ranks = SINGLE,
    **settings: Any,
) -> Model:
    """Train a network on files, folders or shipped corpora, or on `text`; files are written only where `out` says.

    from_model: begin with its weights; its sizes, its cell and its tokens are kept, the text's new tokens added.
    settings: those of the command line, with underscores: time (seconds, or as in "5m"), level, lines, hidden_size ...
    on_event: called with each event of `lstmgen.training.events`; without it a notebook shows progress, loss and the
    newest sample in one display. stop: asked often; when true, training ends with InterruptedTraining after saving.
    Without it SIGINT and SIGTERM do so. ranks: processes that share the work, from `lstmgen.ranks.joining.join_ranks`;
    where this is not number 0, call `follow` instead. Raises the errors of `lstmgen.errors`: UsageError, at once, where
    another run writes the same `out`.
    """
    settings = _timed(settings)
    chosen, how, reading = _sorted(settings)
    on_event = on_event or notebook_display()
    tell, target = on_event or _ignore, checked_path(out) if out is not None else None
    check_ranks(ranks.size, how.shards)
    with _held(target, tell) as lock:
        start, reading = _beginning(from_model, target, settings, reading, tell)
        corpus = _corpus(paths, text, how, reading)
        for note in _notes_of(corpus):
            tell(events.Notice(note))
        more: dict[str, Any] = {"start": start, "force": force, "samples": on_event is not None, "lock": lock}
        more["ranks"] = ranks
        return _followed(lambda flag: session.train(corpus, chosen, how, target, stop=flag, **more), stop, tell)


@errors_name_keywords
def resume(
    state: str | Path,
    *paths: str | Path,
    out: str | Path | None = None,
    on_event: _Listener | None = None,
    stop: Stop | None = None,
    ranks: Ranks = SINGLE,
    **settings: Any,
) -> Model:
    """Go on exactly where a run stopped, from its NAME.state.npz; only budget, threads and `out` may differ.

    paths: the text, where it is not any more where the run read it. Everything else as in `train`.
    """
    settings = _timed(settings)
    on_event = on_event or notebook_display()
    tell, target = on_event or _ignore, checked_path(out) if out is not None else model_path(checked_path(state))
    with _held(target, tell) as lock:
        asked, reading = _to_go_on_with(checked_path(state), settings)
        names, samples = [str(path) for path in paths], on_event is not None
        more: dict[str, Any] = {"names": names, "stdin": reading.get("stdin"), "samples": samples, "lock": lock}
        more["ranks"] = ranks
        return _followed(lambda flag: session.resume(checked_path(state), asked, target, stop=flag, **more), stop, tell)


def follow(ranks: Ranks, **settings: Any) -> None:
    """Share the training that rank 0 does, until it ends, by SystemExit with its exit code.

    settings: those of `train`; only threads and mmap_above matter here.
    """
    with ExitStack() as stack:
        signals = _Signals(stack)
        following.follow(ranks, training_settings(settings), signals, signals.arm)


@errors_name_keywords
def plan(
    *paths: str | Path,
    text: str | None = None,
    from_model: str | Path | Model | None = None,
    on_event: _Listener | None = None,
    ranks: Ranks = SINGLE,
    **settings: Any,
) -> None:
    """Tell `on_event` what `train` would do, as Planned, and do none of it; for a time budget speeds are measured."""
    settings = _timed(settings)
    chosen, how, reading = _sorted(settings)
    tell = on_event or _ignore
    start, reading = _beginning(from_model, None, settings, reading, tell)
    corpus = _corpus(paths, text, how, reading)
    for note in _notes_of(corpus):
        tell(events.Notice(note))
    _until_planned(session.train(corpus, chosen, how, None, start=start, ranks=ranks), tell)


@errors_name_keywords
def plan_resume(
    state: str | Path,
    *paths: str | Path,
    on_event: _Listener | None = None,
    ranks: Ranks = SINGLE,
    **settings: Any,
) -> None:
    """Tell `on_event` where `resume` would go on, as Resumed, and do nothing of it."""
    asked, reading = _to_go_on_with(checked_path(state), _timed(settings))
    names, stdin = [str(path) for path in paths], reading.get("stdin")
    more: dict[str, Any] = {"names": names, "stdin": stdin, "ranks": ranks}
    _until_planned(session.resume(checked_path(state), asked, None, **more), on_event or _ignore)


@contextmanager
def _held(target: Path | None, tell: _Listener) -> Iterator[OutputLock]:
    """The lock of the files to be written; UsageError, before anything is read, where another run holds it."""
    with output_lock(target) as lock:
        if lock.remark:
            tell(events.Notice(lock.remark))
        yield lock


def _notes_of(corpus: Corpus) -> list[str]:
    """The hints on a corpus, and which files of a folder were passed over."""
    named = [f"Skipped: {name}" for name in corpus.skipped[:_SHOWN_SKIPPED]]
    more = len(corpus.skipped) - _SHOWN_SKIPPED
    return [*corpus.notes, *named, *([f"Skipped: {more:,} more"] if more > 0 else [])]


def _timed(settings: dict[str, Any]) -> dict[str, Any]:
    """The same with the time in seconds, where it is given as on the command line."""
    time = settings.get("time")
    return settings | {"time": parse_duration(time)} if isinstance(time, str) else settings


def _sorted(settings: dict[str, Any]) -> tuple[ModelSettings, TrainingSettings, dict[str, Any]]:
    """The three records keywords belong to; TypeError for one that belongs to none, as for any function.

    UsageError where this CPU cannot train as it is asked to.
    """
    unknown = settings.keys() - MODEL_KEYWORDS - TRAINING_KEYWORDS - _TEXT
    if unknown:
        raise TypeError(f"train() got an unexpected keyword argument {min(unknown)!r}")
    training = training_settings(settings)
    check_precision(training.precision)
    return (
        model_settings(settings),
        training,
        {name: value for name, value in settings.items() if name in _TEXT},
    )


def _beginning(
    model: str | Path | Model | None,
    out: Path | None,
    settings: dict[str, Any],
    reading: dict[str, Any],
    tell: _Listener,
) -> tuple[Pretrained | None, dict[str, Any]]:
    """The model to begin with, if any, and the keywords by which the text is read."""
    if model is None:
        return None, reading
    start = start_from(model, out)
    start.check_settings({name: value for name, value in settings.items() if name in MODEL_KEYWORDS})
    for note in start.file.notes:
        tell(events.Notice(f"{start.name}: {note}."))
    return start, load_options_like(start, reading)


def _corpus(
    paths: Sequence[str | Path], text: str | None, training: TrainingSettings, reading: dict[str, Any]
) -> Corpus:
    check_paths_and_text(paths, text)
    how: dict[str, Any] = {"validation": training.validation, "mmap_above": training.mmap_above}
    if text is not None:
        return load_text(text, **how, **reading)
    return load_corpus([str(path) for path in paths], **how, **reading)


def _to_go_on_with(state: Path, settings: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Of the keywords, those of network and training, and those by which the text is read."""
    reading = _sorted(settings)[2]
    _check_reading(state, reading)
    return {name: value for name, value in settings.items() if name not in reading}, reading


def _check_reading(state: Path, reading: dict[str, Any]) -> None:
    """UsageError where the text is asked to be read otherwise than the run read it."""
    asked = {name: value for name, value in reading.items() if name != "stdin"}
    if not asked:
        return
    recorded = recorded_text_options(read_state(state)[2])
    for name, value in asked.items():
        if name in recorded and recorded[name] != value:
            raise UsageError(
                f"This run has {option_as_typed(name, recorded[name])}, not {option_as_typed(name, value)}: a resumed "
                "run keeps its settings.\nLeave the option out, or start a new run with --out or --force."
            )


class _Signals:
    """The stop that SIGINT and SIGTERM set once there is something to save; before, they do what they always do."""

    def __init__(self, stack: ExitStack) -> None:
        self._stack = stack
        self._flag: StopFlag | None = None

    def arm(self) -> None:
        """From here on a signal asks training to save and end."""
        if self._flag is None:
            self._flag = self._stack.enter_context(stop_on_signals())

    @property
    def exit_code(self) -> int:
        """Of the signal that came, 0 before."""
        return self._flag.exit_code if self._flag is not None else 0

    def __call__(self) -> bool:
        return self._flag is not None and self._flag()

    def raise_again(self) -> None:
        """One that came too late to stop anything does what it always does: it may not be lost."""
        if self.exit_code:
            signal.raise_signal(self.exit_code - 128)


def _followed(begin: Callable[[Stop], Iterator[events.Event]], stop: Stop | None, tell: _Listener) -> Model:
    """Tell every event to the end; whatever the listener raises, the run is closed and saved first."""
    finished: events.Finished | None = None
    with ExitStack() as stack:
        signals = _Signals(stack)
        run = begin(signals if stop is None else stop)
        stack.callback(run.close)  # type: ignore[attr-defined] # a generator
        for event in run:
            if stop is None and isinstance(event, events.BaselineReady | events.Progress):  # the weights have been made
                signals.arm()
            if isinstance(event, events.Finished):
                finished = event
            tell(event)
    signals.raise_again()
    assert finished is not None  # the loop's last event, or an error
    return Model(finished.model, finished.path)


def _until_planned(run: Iterator[events.Event], tell: _Listener) -> None:
    with closing(run):  # type: ignore[type-var] # a generator, which can be closed
        for event in run:
            tell(event)
            if isinstance(event, events.Planned | events.Resumed):
                return


def _ignore(event: events.Event) -> None:
    """Nobody listens."""
