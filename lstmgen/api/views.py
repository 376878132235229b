"""Looking inside from Python: one method a view. Each returns a `View`, which a notebook shows as a picture."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

from lstmgen.api.writing import WritingModel

if TYPE_CHECKING:
    from lstmgen.api.measured import Shown
    from lstmgen.inspect.canvas.view import View
    from lstmgen.inspection.trace import Trace

NUMBERS = 1 << 24  # of a trace that is only looked at: 64 MB


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

    def _traced(self, text: str | None, numbers: int) -> tuple[Trace, Shown]:
        """The trace of a text, cut to so many numbers; None: of the model's own writing."""
        from lstmgen.api.measured import text_to_show
        from lstmgen.inspection.trace import longest_trace, trace_ids

        shown = text_to_show(self, text, longest_trace(self.network, numbers))
        return trace_ids(self.network, self.vocabulary.tokens, shown.ids, newline=shown.newline), shown
