"""Looking inside from Python: one method a view. Each returns a `View`, which a notebook shows as a picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Literal

from lstmgen.api.keywords import errors_name_keywords
from lstmgen.api.writing import WritingModel
from lstmgen.errors import UsageError
from lstmgen.settings import InferenceSettings

if TYPE_CHECKING:
    from lstmgen.api.measured import Shown
    from lstmgen.api.passages import ScoredText
    from lstmgen.api.scored import Score
    from lstmgen.inspect.canvas.view import View
    from lstmgen.inspect.step.view import StepsView
    from lstmgen.inspection.loaded import LoadedModel
    from lstmgen.inspection.measured_text import MeasuredText
    from lstmgen.inspection.trace import Trace

NUMBERS = 1 << 24  # of a trace that is only looked at: 64 MB
USUAL_STEPS = 24  # of a chain of predictions, after the text's end
_REACH_TOKENS = 20_000  # measured at most
_REPORT_TOKENS, _REPORT_NUMBERS = 2_000, 1 << 26  # more would make the page too large to send
_UNITS_TOKENS, _UNITS_NUMBERS = 8_000, 1 << 26  # two halves of fifty lines each; 256 MB


class Views(WritingModel):
    """A trained network that shows its inside."""

    def card(self) -> View:
        """All that the model file says of itself: what it is, how well it does, how it came to be."""
        from lstmgen.inspect.model.view import card_view

        return card_view(self)

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
        max_tokens: int | None = None,
    ) -> View:
        """What every gate and state does while a text is read, token by token.

        text: None reads some of what the model writes unclamped. layer: None is the last. units: None shows as many as
        fit, the most varying first. words: one column per word, the mean over its characters. saturation: instead, how
        often the gate of every unit is open and shut. numbers: so many are traced at most; the text is cut to that, or
        to max_tokens where they are given. Raises UsageError for a layer or a unit that is not there, TextError where
        the model knows none of the text.
        """
        from lstmgen.inspect.gates.view import gates_view

        trace, shown = self._traced(text, numbers, max_tokens)
        return gates_view(
            self, trace, layer=layer, units=units, sort=sort, words=words, saturation=saturation, notes=shown.notes
        )

    def predictions(
        self,
        text: str | ScoredText | None = None,
        *,
        top: int = 5,
        at: int = 0,
        worst: bool = False,
        calibration: bool = False,
    ) -> View:
        """What the model expected at every place of a text, and whether its probabilities can be believed.

        text: a text, what `text_to_score` gives, or None for what was held out in training, else the model's own
        writing. top: guesses kept of every place. at: the first place of the table. worst: instead, the 20 most
        surprising places. calibration: instead, whether its first guess is right as often as it says.
        Raises UsageError for a place that is not there, TextError where the model knows none of the text.
        """
        from lstmgen.inspect.predictions.view import predictions_view

        chosen = self.text_to_score(text)
        view = predictions_view(
            self, chosen.passage, chosen.about, chosen.kind, top=top, at=at, worst=worst, calibration=calibration
        )
        return replace(view, notes=chosen.notes)

    def reach(self, text: str | None = None, *, layer: int | None = None, max_tokens: int | None = None) -> View:
        """How far back the model sees: what it loses with less of the past, gradients, how long its gates keep.

        text: None measures what was held out in training, else the model's own writing; at most max_tokens (None:
        20,000) of it.
        layer: whose forget gates are shown; None is the last. Raises UsageError for a layer that is not there,
        TextError for a text of fewer than 64 tokens.
        """
        from lstmgen.inspect.reach.view import reach_view

        return reach_view(self, self._measured(text, _longest_asked(max_tokens, _REACH_TOKENS)), layer=layer)

    def report(self, text: str | None = None, *, max_tokens: int | None = None) -> View:
        """Everything about a text in one page: its surprises, what every gate did, and where to look.

        text: None reads some of the model's own writing. max_tokens: None is 2,000 at most. `html()` is the page, which
        opens in any browser; `text()` says its highlights in words. Raises TextError where the model knows none of the
        text.
        """
        from lstmgen.inspect.report.view import report_view
        from lstmgen.inspection.trace import numbers_per_token

        numbers = min(_REPORT_TOKENS * numbers_per_token(self.network), _REPORT_NUMBERS)
        trace, shown = self._traced(text, numbers, max_tokens)
        return report_view(self, trace, notes=shown.notes)

    @errors_name_keywords
    def score(
        self,
        text: str | ScoredText | None = None,
        *,
        adapt: bool = False,
        adapt_rate: float | None = None,
        ngram_weight: float | str | None = None,
        baselines: bool = False,
        corpus: str | None = None,
    ) -> Score:
        """How much a text, read from nothing (every line, if lines are documents), surprises the model.

        text: a text, what `text_to_score` gives, or None for what was held out in training, else the model's own
        writing. adapt: it learns from the text as it reads it; every token is scored before. ngram_weight: mix with
        n-grams of the training text. baselines: show n-grams of the training text beside it. corpus: where that text
        is, if it is not found. Raises TextError where the model knows none of the text, UsageError where the training
        text is needed and not found.
        """
        from lstmgen.api.scored import score_text

        settings = InferenceSettings(adapt=adapt, adapt_rate=adapt_rate, ngram_weight=ngram_weight)
        return score_text(self, text, settings, baselines=baselines, corpus=corpus)

    def steps(
        self,
        text: str | None = None,
        *,
        layer: int | None = None,
        at: int | range | None = None,
        units: Sequence[int] | None = None,
        numbers: int = NUMBERS // 8,
        max_tokens: int | None = None,
    ) -> StepsView:
        """A text read step by step: what every wire of a layer carries, from the new information to the prediction.

        text, numbers, max_tokens: as for `gates`. layer: None is the last. at: one step or several; None is the first
        twelve. units: those to show, None for those that weigh most in the prediction. Gates and units that `clamped`
        has fixed are marked. Raises UsageError for what is not there.
        """
        from lstmgen.inspect.step.view import steps_view

        trace, shown = self._traced(text, numbers, max_tokens)
        return steps_view(self, trace, layer=layer, at=at, units=units, clamps=self.clamps, notes=shown.notes)

    def text_to_score(
        self, text: str | ScoredText | None = None, *, name: str | None = None, corpus: str | None = None
    ) -> ScoredText:
        """A text as the model reads it: for `score` and `predictions`, and for another model to read the same.

        text: None for what was held out in training, else the model's own writing; what another model's
        `text_to_score` gave is read again. name: what a given text is called. corpus: where the training text is.
        """
        from lstmgen.api.passages import choose_text

        return choose_text(self, text, name=name, corpus=corpus)

    def training(
        self,
        what: Literal["loss", "bits", "norm", "rate", "speed"] = "loss",
        *,
        over: Literal["updates", "tokens", "time"] = "updates",
        since: int = 0,
        beside: Sequence[LoadedModel] = (),
    ) -> View:
        """How the model learned: loss, gradient, rate and speed at each evaluation.

        what: loss (nats per token), bits (per character), the gradient norm before clipping, the learning rate, or the
        speed. since: the update at which the chart starts. beside: other models, drawn over this one; raises UsageError
        for more than colours tell apart.
        """
        from lstmgen.inspect.training.view import training_view

        return training_view([self, *beside], what=what, over=over, since=since)

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
        max_tokens: int | None = None,
    ) -> View:
        """Which unit follows which property of a text: inside quotes, the place in the line, or one of your own.

        wanted: quotes, brackets, line, indent, word, capital, digit or vowel; None is a table of all. after: instead,
        how many characters ago this regular expression matched. labels: instead, a number for each character, token or
        line of `text`. unit: one unit, as 17, "c17" or "h17": alone, where it is high and low. causal: also what is
        lost where the unit is clamped at its mean. layer: None is all, for `unit` the last. text: None measures what
        was held out in training, else the model's own writing. max_tokens: of it; None is 8,000 at most.
        Raises UsageError for what is not there, TextError for a text of fewer than 100 tokens.
        """
        from lstmgen.inspect.units.view import UnitsQuestion, units_view

        question = UnitsQuestion(wanted, after, labels, None if unit is None else str(unit), causal, layer)
        longest = _longest_asked(max_tokens, min(_UNITS_TOKENS, self._longest(_UNITS_NUMBERS)))
        return units_view(self, self._measured(text, longest), question)

    def unroll(
        self,
        text: str | None = None,
        *,
        steps: int | None = None,
        whole: bool = False,
        numbers: int = NUMBERS // 2,
        max_tokens: int | None = None,
    ) -> View:
        """The chain of predictions: each token that comes, what is predicted from it, and on beyond the text's end.

        text: None reads a little of the model's own writing; "" begins from nothing. steps: so many predictions follow
        the text, each read as the next input; None shows as many of 24 as fit. whole: draws all of a long text.
        numbers, max_tokens: as for `gates`. Raises TextError where there is neither a token nor a step.
        """
        from lstmgen.api.measured import text_to_unroll
        from lstmgen.inspect.unroll.view import unroll_view

        count = USUAL_STEPS if steps is None else steps
        longest = _longest_asked(max_tokens, max(1, self._longest(numbers) - count))
        shown = text_to_unroll(self, text, longest)
        return unroll_view(
            self, shown.ids, banned=shown.banned, steps=count, shown_steps=steps, whole=whole, notes=shown.notes
        )

    def weights(
        self,
        *,
        matrix: str | None = None,
        token: str | None = None,
        layer: int | None = None,
        reduce: Literal["mean", "max"] = "mean",
    ) -> View:
        """The weights: what each gate takes from the input and from its own output, with norms and eigenvalues.

        matrix: one alone, such as "W.f", "U.f", "embedding" or "output.W". token: instead, the tokens whose weights are
        most similar. layer: None is the last. reduce: what is drawn of each block of a matrix that is too large.
        Raises UsageError for what is not there.
        """
        from lstmgen.inspect.weights.view import weights_view

        return weights_view(self, matrix=matrix, token=token, layer=layer, reduce=reduce)

    def _measured(self, text: str | None, longest: int) -> MeasuredText:
        """The text to measure; None: what was held out in training, else the model's own writing."""
        from lstmgen.api.measured import text_to_measure

        return text_to_measure(self, text, longest)

    def _longest(self, numbers: int) -> int:
        """How many tokens a trace of at most so many numbers has room for."""
        from lstmgen.inspection.trace import longest_trace

        return longest_trace(self.network, numbers)

    def _traced(self, text: str | None, numbers: int, max_tokens: int | None) -> tuple[Trace, Shown]:
        """The trace of a text, cut to so many tokens, else to so many numbers; None: of the model's own writing."""
        from lstmgen.api.measured import trace_to_show

        return trace_to_show(self, text, _longest_asked(max_tokens, self._longest(numbers)))


def _longest_asked(max_tokens: int | None, usual: int) -> int:
    """The tokens that are read at most. Raises UsageError for none at all."""
    if max_tokens is None:
        return usual
    if isinstance(max_tokens, bool) or not isinstance(max_tokens, int) or max_tokens < 1:
        raise UsageError(f"--max-tokens must be a whole number from 1 on, not {max_tokens!r}.")
    return max_tokens
