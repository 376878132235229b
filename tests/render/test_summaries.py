"""The sentence that ends each view: made of what was measured, whatever that was."""

import math

import numpy as np
import pytest

from lstmgen.inspect.canvas.frame import Frame
from lstmgen.inspect.canvas.labels import token_words
from lstmgen.inspect.common.choices import choices, one_in, times
from lstmgen.inspect.common.history import COLUMNS, TrainingHistory
from lstmgen.inspect.gates.summary_picture import gates_summary
from lstmgen.inspect.mistakes.measure import SENTENCE_KINDS, WritingSample
from lstmgen.inspect.mistakes.memory_tasks import TaskResult
from lstmgen.inspect.mistakes.picture import MistakesResults
from lstmgen.inspect.mistakes.summary_picture import mistakes_summary
from lstmgen.inspect.predictions.measure import Predictions
from lstmgen.inspect.predictions.summary_picture import calibration_summary
from lstmgen.inspect.reach.measure import Context, Reach
from lstmgen.inspect.reach.picture import ReachSubject
from lstmgen.inspect.reach.summary_picture import reach_summary
from lstmgen.inspect.training.picture import NamedHistory
from lstmgen.inspect.training.summary_picture import training_summary
from lstmgen.inspect.weights.measure import Matrix, Neighbours
from lstmgen.inspect.weights.summary_picture import matrix_summary, neighbours_summary
from lstmgen.text.bits import BitsPerCharacter
from tests.inspection.traces import model_of


@pytest.mark.parametrize(
    ("nats", "words"),
    [(0.0, "1.00"), (math.log(1.894), "1.89"), (math.log(20.31), "20.3"), (math.log(1234.0), "1,234"), (math.nan, "?"),
     (900.0, "1e+304")],
)  # fmt: skip
def test_a_loss_is_so_many_choices(nats: float, words: str) -> None:
    assert choices(nats) == words


@pytest.mark.parametrize(
    ("share", "of", "words"),
    [(0.811, 100, "81 times in 100"), (0.997, 1000, "997 times in 1,000"), (1.0, 100, "always"), (0.0, 100, "never"),
     (0.999, 100, "more than 99 times in 100"), (0.001, 100, "less than once in 100"), (0.01, 100, "once in 100"),
     (math.nan, 100, "? times in 100")],
)  # fmt: skip
def test_a_share_is_so_many_times(share: float, of: int, words: str) -> None:
    assert times(share, of) == words


def test_a_small_probability_is_a_chance_and_a_token_has_a_name() -> None:
    assert [one_in(math.log(2.0)), one_in(24.04 * math.log(2)), one_in(math.inf), one_in(math.nan)] == [
        "1 chance in 2", "1 chance in 17,000,000", "no chance at all", "no chance at all",
    ]  # fmt: skip
    assert [token_words(token) for token in (" ", "\n", "a", '"', "\x1b")] == [
        "a space", "a line end", '"a"', "'\"'", '"\\x1b"',
    ]  # fmt: skip


def test_gates_tell_what_is_kept_and_which_unit_moves_most() -> None:
    trace = model_of(list("ab "), "lstm").trace("ab ab b")
    values, kept = trace["c"][:, 1], 100 * trace["f"][:, 1].mean()
    unit = int(np.argmax(values.std(axis=0)))
    low, high = int(values[:, unit].argmin()), int(values[:, unit].argmax())
    assert gates_summary(trace, 1) == (
        f"forgetting f keeps {kept:.0f} % of the memory from token to token; unit {unit} changes most, from "
        f"{values[low, unit]:.2g} after {token_words(trace.tokens[low])} to {values[high, unit]:.2g} after "
        f"{token_words(trace.tokens[high])}."
    )
    plain = model_of(list("ab "), "rnn").trace("ab ab b")
    assert gates_summary(plain, 0).startswith("this cell has no gates, so that every step makes its prediction h anew;")
    for values in (trace["f"], trace["c"]):
        values[:] = np.nan
    assert "nan" not in gates_summary(trace, 1)  # weights may be edited


def _results(**tasks: dict[str, TaskResult]) -> MistakesResults:
    def writing(right: int) -> WritingSample:
        counts = dict.fromkeys(SENTENCE_KINDS, 0) | {"right": right, "fragment": 1000 - right}
        return WritingSample("", counts, 1.0)

    return MistakesResults({"none": writing(165), "plain RNN": writing(1000), "LSTM": writing(999)}, tasks)


def test_mistakes_say_what_an_lstm_is_for() -> None:
    both = "both networks get nearly every sentence right, where a network without memory gets 16 %; "  # 165 to even
    assert mistakes_summary(_results(), "none") == (
        both + "what an LSTM is for shows in longer gaps, which lstmgen inspect mistakes tries."
    )
    fillers = {
        "plain RNN": TaskResult(("0", "8", "32"), (0, 30, 200), 300),
        "LSTM": TaskResult(("0", "8", "32"), (0, 0, 15), 300),
    }
    assert mistakes_summary(_results(fillers=fillers), "none") == (
        both + "the difference shows in longer gaps: with 32 words between name and verb, LSTM is right 95 times in "
        "100, plain RNN 33 times in 100."
    )
    same = {"plain RNN": TaskResult(("1",), (50,), 100), "LSTM": TaskResult(("1",), (55,), 100)}
    words = mistakes_summary(_results(counting=same), "none")
    assert words.endswith("neither remembers clearly better over longer gaps.")
    few = _results().writings["none"]
    bad = MistakesResults({"none": few, "raw": few})
    assert mistakes_summary(bad, "none") == (
        "raw gets 16 % of its sentences right (without any memory: 16 %); its commonest mistake is: fragment."
    )


def test_reach_tells_from_where_on_the_past_does_not_help() -> None:
    contexts = [Context(k, above, 0.001, 100, 0.0, 0.0) for k, above in ((1, 1.0), (2, 0.5), (4, 0.005), (8, 0.0))]
    reach = Reach(math.log(2.0), contexts, np.ones(8), np.zeros((1, 0)), 1)
    subject = ReachSubject("m", "t", "lstm", "char", 0, 1)
    assert reach_summary(reach, subject) == (
        "what stood more than 4 characters ago hardly helps it any more; knowing the whole text so far, it is as "
        "unsure of what comes as among 2.00 equally likely things, and knowing the last character alone, as among 5.44."
    )
    far = Reach(math.log(2.0), contexts[:2], np.ones(8), np.zeros((1, 0)), 1)
    assert reach_summary(far, subject).startswith("even what stood more than 2 characters ago still helps it;")


def _history(validation: list[float], bits: float = 1.0) -> TrainingHistory:
    columns = {name: np.full(len(validation), np.nan) for name in COLUMNS}
    columns["updates"] = 100.0 * np.arange(1, len(validation) + 1)
    columns["validation"] = np.array(validation)
    columns["validation_bits"] = np.array(validation) * bits
    return TrainingHistory(columns, BitsPerCharacter(1.0))


@pytest.mark.parametrize(
    ("losses", "course"),
    [
        ([2.0, 1.0, 0.5, 0.8], "it was best at 300 and then got worse, which is what learning by heart looks like."),
        ([2.0, 1.5, 1.0, 0.5, 0.4], "it was still getting better at the end, so that longer training may help."),
        ([2.0, 0.5, 0.5, 0.5, 0.5], "towards the end there was little left to gain."),
    ],
)
def test_training_tells_how_it_ended(losses: list[float], course: str) -> None:
    words = training_summary([NamedHistory("m", _history(losses))])
    head = f"in {100 * len(losses)} corrections of its weights it went from being as unsure as among 7.39 "
    assert words.startswith(head)
    assert words.endswith(course)


def test_training_of_several_names_the_best() -> None:
    models = [NamedHistory("one", _history([2.0, 1.0])), NamedHistory("two", _history([2.0, 1.0], bits=0.5))]
    words = "two needs the fewest bits for a character of its text, 0.500; one follows with 1.000."
    assert training_summary(models) == words
    nothing = NamedHistory("m", _history([math.nan]))
    assert training_summary([nothing]) == "nothing was measured while it was trained."


def test_weights_name_the_strongest_and_the_nearest() -> None:
    values = np.array([[0.1, -3.0], [0.2, 0.3]], np.float32)
    labels = ["a", '"']
    assert matrix_summary(Matrix("W.f", 0, values), ["0", "1"], labels) == (
        "of 4 weights the strongest is -3: '\"' lowers unit 0 most."
    )
    assert matrix_summary(Matrix("U.f", 0, values), ["0", "1"], ["0", "1"]).endswith("unit 1 lowers unit 0 most.")
    assert matrix_summary(Matrix("embedding", None, values), labels, ["0", "1"]).endswith('between "a" and number 1.')
    near = [Neighbours("W", np.array([1]), np.array([0.5])), Neighbours("output.W", np.array([2]), np.array([0.1]))]
    assert neighbours_summary("a", near, ["a", "b", " "]) == (
        'to the model "a" is, as it reads, most like "b" (0.50 of at most 1); as it writes, hardly like any other, '
        "even a space (0.10)."
    )


def test_predictions_are_compared_with_what_they_said() -> None:
    def made(said: float, right: float) -> Predictions:
        rank = np.where(np.arange(100) < right * 100, 1, 2)
        flat = np.full(100, said)
        return Predictions(np.zeros((100, 1), int), flat[:, None], flat, rank, flat, flat)

    words = "80 %, and that guess is right 81 times in 100: it knows how much it knows."
    assert calibration_summary(made(0.8, 0.81)).endswith(words)
    assert calibration_summary(made(0.9, 0.5)).endswith("it is too sure of itself.")
    assert calibration_summary(made(0.3, 0.5)).endswith("it knows more than it thinks.")


TEXT = 'ab ab "a b" ab b a. ' * 12
VIEWS = (
    lambda model: model.gates(TEXT),
    lambda model: model.gates(TEXT, words=True),
    lambda model: model.gates(TEXT, saturation=True),
    lambda model: model.predictions(TEXT),
    lambda model: model.predictions(TEXT, calibration=True),
    lambda model: model.units(text=TEXT),
    lambda model: model.units("quotes", TEXT, causal=True),
    lambda model: model.units(text=TEXT, unit="c3"),
    lambda model: model.reach(TEXT),
    lambda model: model.unroll("ab a"),
    lambda model: model.weights(),
    lambda model: model.weights(matrix="U.f"),
    lambda model: model.weights(token="a"),
    lambda model: model.score(TEXT),
    lambda model: model.score(TEXT).lines(),
    lambda model: model.score(TEXT).words(),
    lambda model: model.score(TEXT).beside(model.score("ab Ωa")),
    lambda model: model.score(TEXT).compare(model.score(TEXT)),
    lambda model: model.steps(TEXT, at=3),
    lambda model: model.steps(TEXT),
    lambda model: model.card(),
    lambda model: model.training(),
)


@pytest.mark.parametrize("place", range(len(VIEWS)))
def test_every_view_ends_with_its_sentence_and_keeps_it_for_programs(place: int) -> None:
    view = VIEWS[place](model_of(sorted(set(TEXT)), "lstm"))
    assert view.summary.endswith((".", "…")) and "nan" not in view.summary
    drawn, sentence = view.text(width=60), f"In short: {view.summary}"
    assert " ".join(drawn.split()).endswith(" ".join(sentence.split()))
    assert view.data["summary"] == view.summary
    assert view.draw(Frame(60, 22)).plain not in ("", drawn)
