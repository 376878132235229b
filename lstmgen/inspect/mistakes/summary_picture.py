"""What the counted mistakes show, in a sentence for beginners: above all, what an LSTM is for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from lstmgen.inspect.common.choices import times
from lstmgen.inspect.common.figures import percent
from lstmgen.inspect.mistakes.measure import SENTENCE_KINDS, WritingSample
from lstmgen.inspect.mistakes.memory_tasks import TaskResult
from lstmgen.inspect.mistakes.picture import MistakesResults

_NEARLY_ALL = 0.97  # of the sentences
_CLEAR = 0.1  # by which one net is right more often than another
_WORDS = {
    "fillers": ("with {at} words between name and verb", True),
    "counting": ("counting {at} letters", False),
    "reber": ("with the answer {at} letters back", False),
}  # how a place on the task's scale is said, and whether it counts what is wrong


def mistakes_summary(results: MistakesResults, memoryless: str) -> str:
    """How much of the book a memory gets right, and where networks with one differ. memoryless: the net without one."""
    nets = {name: writing for name, writing in results.writings.items() if name != memoryless}
    rights = {name: _right(writing) for name, writing in nets.items()}
    without = _right(results.writings[memoryless])
    if all(right >= _NEARLY_ALL for right in rights.values()):
        who = f"{next(iter(nets))} gets" if len(nets) == 1 else "both networks get" if len(nets) == 2 else "all get"
        words = f"{who} nearly every sentence right, where a network without memory gets {percent(without)}"
        return f"{words}; {_longer(results)}."
    worst = min(rights, key=lambda name: rights[name])
    counts = nets[worst].counts
    kind = max(SENTENCE_KINDS[1:], key=lambda kind: counts[kind])
    words = f"{worst} gets {percent(rights[worst])} of its sentences right (without any memory: {percent(without)})"
    words += f"; its commonest mistake is: {kind}"
    return f"{words}; {_longer(results)}." if results.tasks else f"{words}."


def _right(writing: WritingSample) -> float:
    return writing.counts["right"] / max(1, writing.total)


def _longer(results: MistakesResults) -> str:
    """Where the nets differ most in what has to be remembered for longer than the book needs."""
    if not results.tasks:
        return "what an LSTM is for shows in longer gaps, which lstmgen inspect mistakes tries"
    gap, words = max(_gaps(results.tasks), key=lambda pair: pair[0])
    if gap < _CLEAR:
        return "neither remembers clearly better over longer gaps"
    return f"the difference shows in longer gaps: {words}"


def _gaps(tasks: Mapping[str, Mapping[str, TaskResult]]) -> Iterator[tuple[float, str]]:
    """By how much one net is right more often than another, place by place, and how that is said."""
    for task, nets in tasks.items():
        words, wrong = _WORDS[task]
        for place, at in enumerate(next(iter(nets.values())).at):
            shares = {name: result.hits[place] / result.of for name, result in nets.items()}
            rights = {name: 1.0 - share if wrong else share for name, share in shares.items()}
            best, worst = max(rights, key=lambda name: rights[name]), min(rights, key=lambda name: rights[name])
            said = f"{words.format(at=at)}, {best} is right {times(rights[best])}, {worst} {times(rights[worst])}"
            yield rights[best] - rights[worst], said
