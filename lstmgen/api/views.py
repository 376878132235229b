"""Looking inside from Python: one method a view. Each returns a `View`, which a notebook shows as a picture."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

from lstmgen.api.writing import WritingModel

if TYPE_CHECKING:
    from lstmgen.api.measured import Shown
    from lstmgen.inspect.canvas.view import View
    from lstmgen.inspection.measured_text import MeasuredText
    from lstmgen.inspection.trace import Trace

NUMBERS = 1 << 24  # of a trace that is only looked at: 64 MB
_UNITS_TOKENS, _UNITS_NUMBERS = 8_000, 1 << 26  # two halves of fifty lines each; 256 MB


class Views(WritingModel):
    """A trained network that shows its inside."""

    def gates(
        self,
        text: str | None = None,
        *,
        layer: int | None = None,
        units: Sequence[int] | None = None,
        sort: Literal["varying", "mean", "number"] | None = None,
        words: bool = False,
        saturation: bool = False,
        numbers: int = NUMBERS,
    ) -> View:
        """What every gate and state does while a text is read, token by token.

        text: None reads some of the model's own writing. layer: None is the last. units: None shows as many as fit, the
        most varying first. words: a column a word, the mean over its characters. saturation: instead, how often the
        gate of every unit is open and shut. numbers: so many are traced at most; the text is cut to that.
        Raises UsageError for a layer or a unit that is not there, TextError where the model knows none of the text.
        """
        from lstmgen.inspect.gates.view import gates_view

        trace, shown = self._traced(text, numbers)
        return gates_view(
            self, trace, layer=layer, units=units, sort=sort, words=words, saturation=saturation, notes=shown.notes
        )

    def units(
        self,
        wanted: str | None = None,
        text: str | None = None,
        *,
        after: str | None = None,
        labels: str | Sequence[float] | None = None,
        unit: str | int | None = None,
        causal: bool = False,
        layer: int | None = None,
    ) -> View:
        """Which unit follows which property of a text: inside quotes, the place in the line, or one of your own.

        wanted: quotes, brackets, line, indent, word, capital, digit or vowel; None is a table of all. after: instead,
        how many characters ago this regular expression matched. labels: instead, a number for each character, token or
        line of `text`. unit: one unit, as 17, "c17" or "h17": alone, where it is high and low. causal: also what is
        lost where the unit is clamped at its mean. layer: None is all, for `unit` the last. text: None measures what
        was held out in training, else the model's own writing.
        Raises UsageError for what is not there, TextError for a text of fewer than 100 tokens.
        """
        from lstmgen.inspect.units.view import UnitsQuestion, units_view

        question = UnitsQuestion(wanted, after, labels, None if unit is None else str(unit), causal, layer)
        return units_view(self, self._measured(text, min(_UNITS_TOKENS, self._longest(_UNITS_NUMBERS))), question)

    def _measured(self, text: str | None, longest: int) -> MeasuredText:
        """The text to measure; None: what was held out in training, else the model's own writing."""
        from lstmgen.api.measured import text_to_measure

        return text_to_measure(self, text, longest)

    def _longest(self, numbers: int) -> int:
        """How many tokens a trace of at most so many numbers has room for."""
        from lstmgen.inspection.trace import longest_trace

        return longest_trace(self.network, numbers)

    def _traced(self, text: str | None, numbers: int) -> tuple[Trace, Shown]:
        """The trace of a text, cut to so many numbers; None: of the model's own writing."""
        from lstmgen.api.measured import text_to_show
        from lstmgen.inspection.trace import longest_trace, trace_ids

        shown = text_to_show(self, text, longest_trace(self.network, numbers))
        return trace_ids(self.network, self.vocabulary.tokens, shown.ids, newline=shown.newline), shown
