"""What Python calls what the command line calls --options: errors are worded with options, and translated here.

The command line itself says with `options_as_typed` that its user has typed options.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import ParamSpec, TypeVar

from lstmgen.cell_facts import CELL_FACTS
from lstmgen.errors import LstmgenError
from lstmgen.settings import LEVELS, PRECISIONS

_P = ParamSpec("_P")
_R = TypeVar("_R")

_typed = ContextVar("typed", default=False)
_SQUASHINGS = (name for facts in CELL_FACTS.values() for name in facts.squashings)
_WORDS = ("auto", *PRECISIONS, *LEVELS, *CELL_FACTS, *_SQUASHINGS)
_VALUE = rf"\d[\w.]*|[\w./\\-]+\.npz|{'|'.join(_WORDS)}"
_OPTION = re.compile(rf"(?<![\w-])(no )?--([a-z][a-z-]*[a-z])(?: ({_VALUE})(?![\w-]))?")
_NUMBER = re.compile(r"\d+(\.\d+)?\.?")
_OTHERWISE = {
    "from": "from_model", "untied": "tied=False", "no-skip-sum": "skip_sum=False", "resume": "lstmgen.resume(...)",
    "prompt-file": "prompt",
}  # fmt: skip
_SWITCHES = {"force", "lines", "tied", "skip-sum", "keep-newlines", "allow-copies", "adapt"}


@contextmanager
def options_as_typed() -> Iterator[None]:
    """Meanwhile errors name options as they are typed."""
    token = _typed.set(True)
    try:
        yield
    finally:
        _typed.reset(token)


def are_options_typed() -> bool:
    """Whether the user is one of the command line."""
    return _typed.get()


def as_keywords(message: str) -> str:
    """The message with hidden_size=0 for --hidden-size 0; lines with a whole command stay."""
    return "\n".join(line if "lstmgen " in line else _OPTION.sub(_keyword, line) for line in message.split("\n"))


def _keyword(option: re.Match[str]) -> str:
    negated, flag, value = option.groups()
    if negated:
        return f"{flag.replace('-', '_')}=False" if flag in _SWITCHES else f"no {flag.replace('-', '_')}"
    if flag in _OTHERWISE and value is None:
        return _OTHERWISE[flag]
    name = _OTHERWISE.get(flag, flag.replace("-", "_"))
    if value is None:
        return f"{name}=True" if flag in _SWITCHES else name
    number = _NUMBER.fullmatch(value)
    end = "." if value.endswith(".") else ""
    value = value.removesuffix(".")
    return f"{name}={value}{end}" if number else f'{name}="{value}"{end}'


def errors_name_keywords(function: Callable[_P, _R]) -> Callable[_P, _R]:
    """Make what it raises name its arguments as Python has them, unless the command line calls it."""

    @wraps(function)
    def called(*arguments: _P.args, **more: _P.kwargs) -> _R:
        try:
            return function(*arguments, **more)
        except LstmgenError as error:
            if not are_options_typed():
                error.args = (as_keywords(str(error)), *error.args[1:])
            raise

    return called
