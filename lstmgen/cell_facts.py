"""What a cell is, as plain data: its gates, states, parameters, words and equations.

Everything outside `cells/` that depends on the kind of cell asks its facts for a property, never for its name, so a new
cell is an entry here, a file of kernels in `cells/` and a wiring picture. The lecture follows a story through the cell
from possibilities to prediction; the textbook has letters and equations. Every picture takes both from here.

Letters: x input, h output, c cell state, ' of the step before; W, U, b weights and bias; σ the logistic; ∘ multiplies
element by element. A letter such as "i∘g", "(1-z)∘n" or "tanh(c)" is what it says, computed from the other letters.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Quantity:
    """One quantity of a cell. `opens` and `shuts` say what 1 and 0 do and are empty for what is no gate."""

    letter: str
    lecture: str
    textbook: str
    equation: str
    opens: str = ""
    shuts: str = ""

    @property
    def is_gate(self) -> bool:
        """Whether it multiplies: between 0 and 1, not signed."""
        return bool(self.opens)

    @property
    def names(self) -> str:
        """Both names and the letter: "forgetting f, forget gate"."""
        return f"{self.lecture} {self.letter}, {self.textbook}"

    @property
    def sense(self) -> str:
        """What its ends mean, which the name can hide: "1 keeps, 0 forgets"."""
        return f"1 {self.opens}, 0 {self.shuts}" if self.is_gate else ""


@dataclass(frozen=True)
class Extra:
    """A parameter beside W, U and b: the gates it serves, with a number a unit for each, and what it is called.

    In files it is (gates, H), or (H) for a single gate. It starts at 0.
    """

    gates: tuple[str, ...]
    words: str


@dataclass(frozen=True)
class CellFacts:
    """One kind of cell.

    name          as in `--cell` and in a model file's header
    title         what it is called in a sentence
    gates         its pre-activations by letter: the rows of W (G, H, D), U (G, H, H) and b (G, H) in a file
    states        what it carries from step to step, by letter, in the order of state arrays; the output h is the last
    legend        its quantities in the lecture's order, from the new possibilities to the prediction
    wires         every wire of a step, from what comes in at the bottom of the picture to the prediction at its top
    sums          by result, the terms that are added up to it, as they are shown with numbers
    extra         further parameters of a layer by name
    bias          gates whose bias does not start at 0
    squashings    which functions the cell state may pass on its way out, the default first
    memory        the state that remembers
    keep, write   the gate that keeps the memory, and the wire by which something new comes in; "" where there is none
    requires      features that a reader of its model files must know
    high_rates    whether short runs learn more from higher learning rates (training/sizes.py has the measurements)
    story         what happens in a step, as the end of a sentence that begins with "From the bottom up: "
    remark        what pictures say of a cell without gates
    """

    name: str
    title: str
    gates: tuple[str, ...]
    states: tuple[str, ...]
    legend: tuple[Quantity, ...]
    wires: tuple[Quantity, ...]
    sums: Mapping[str, tuple[str, ...]]
    extra: Mapping[str, Extra] = field(default_factory=dict)
    bias: Mapping[str, float] = field(default_factory=dict)
    squashings: tuple[str, ...] = ("tanh",)
    memory: str = "h"
    keep: str = ""
    write: str = ""
    requires: tuple[str, ...] = ()
    high_rates: bool = False
    story: str = ""
    remark: str = ""

    @property
    def traced(self) -> tuple[Quantity, ...]:
        """Those quantities of the legend that a trace holds, in the same order."""
        return tuple(one for one in self.legend if one.letter in self.letters)

    @property
    def letters(self) -> tuple[str, ...]:
        """Of what a trace holds: gates, then states."""
        return tuple(dict.fromkeys((*self.gates, *self.states)))

    @property
    def valves(self) -> tuple[str, ...]:
        """Letters of the gates that open and shut, in the order of `gates`."""
        return tuple(letter for letter in self.gates if self.quantity(letter).is_gate)

    def quantity(self, letter: str) -> Quantity:
        """The quantity of this letter. Raises KeyError where there is none."""
        for one in (*self.legend, *self.wires):
            if one.letter == letter:
                return one
        raise KeyError(letter)

    def wires_with(self, squashing: str) -> tuple[Quantity, ...]:
        """The wires, without the one on which the cell state is squashed where it goes out as it is."""
        return tuple(one for one in self.wires if squashing == "tanh" or one.letter != _SQUASHED.letter)

    def sums_with(self, squashing: str) -> dict[str, tuple[str, ...]]:
        """The sums, with the cell state as it goes out."""
        squashed = _SQUASHED.letter if squashing == "tanh" else "c"
        return {
            result: tuple(term.replace(_SQUASHED.letter, squashed) for term in terms)
            for result, terms in self.sums.items()
        }


_INPUT = Quantity("x", "new information", "input", "x")
_FED_BACK = Quantity("h'", "last prediction", "output before", "h' = h of the step before")

_POSSIBILITIES = Quantity("g", "possibilities", "candidate", "g = tanh(W_c x + U_c h' + b_c)")
_FILTERED = Quantity("i∘g", "filtered possibilities", "gated candidate", "i ∘ g")
_MEMORY = Quantity("c'", "memory", "cell state before", "c' = c of the step before")
_KEPT = Quantity("f∘c'", "kept memory", "cell state kept", "f ∘ c'")
_COLLECTED = Quantity("c", "collected possibilities", "cell state", "c = f ∘ c' + i ∘ g")
_SQUASHED = Quantity("tanh(c)", "squashed", "between -1 and 1", "tanh(c)")


def _lstm(name: str, title: str, *, peepholes: bool) -> CellFacts:
    before, after = (" + p_{} ∘ c'", " + p_o ∘ c") if peepholes else ("", "")
    ignoring = Quantity(
        "i", "ignoring", "input gate", f"i = σ(W_i x + U_i h'{before.format('i')} + b_i)", "lets in", "ignores"
    )
    forgetting = Quantity(
        "f", "forgetting", "forget gate", f"f = σ(W_f x + U_f h'{before.format('f')} + b_f)", "keeps", "forgets"
    )
    selection = Quantity(
        "o", "selection", "output gate", f"o = σ(W_o x + U_o h'{after} + b_o)", "releases", "holds back"
    )
    prediction = Quantity("h", "prediction", "output", "h = o ∘ σ_h(c)")
    into_memory = (_POSSIBILITIES, ignoring, _FILTERED, _MEMORY, forgetting)
    return CellFacts(
        name=name,
        title=title,
        gates=("f", "i", "o", "g"),
        states=("c", "h"),
        legend=(*into_memory, _COLLECTED, selection, prediction),
        wires=(_INPUT, _FED_BACK, *into_memory, _KEPT, _COLLECTED, _SQUASHED, selection, prediction),
        sums={"c": ("f∘c'", "i∘g"), "h": ("o∘tanh(c)",)},
        extra={"p": Extra(("f", "i", "o"), "peepholes p, from the cell state")} if peepholes else {},
        bias={"f": 1.0},  # remember, until there is a reason to forget (Gers, Schmidhuber & Cummins 2000)
        squashings=("identity", "tanh") if peepholes else ("tanh",),  # as the peephole paper suggests
        memory="c",
        keep="f",
        write="i∘g",
        high_rates=not peepholes,
        story="possibilities, let in by ignoring, join the memory that forgetting has kept; "
        "of what is collected, selection releases the prediction.",
    )


def _gru() -> CellFacts:
    """Cho et al. 2014, with the reset after the product: as in cuDNN and PyTorch."""
    listening = Quantity("r", "listening", "reset gate", "r = σ(W_r x + U_r h' + b_r)", "listens", "resets")
    possibilities = Quantity("n", "possibilities", "candidate", "n = tanh(W_n x + b_n + r ∘ (U_n h' + b_hn))")
    both = Quantity(
        "z", "forgetting, ignoring", "update gate", "z = σ(W_z x + U_z h' + b_z)", "keeps", "lets in the new"
    )
    filtered = Quantity("(1-z)∘n", "filtered possibilities", "gated candidate", "(1 - z) ∘ n")
    prediction = Quantity("h", "prediction", "output", "h = z ∘ h' + (1 - z) ∘ n")
    return CellFacts(
        name="gru",
        title="GRU",
        gates=("r", "z", "n"),
        states=("h",),
        legend=(listening, possibilities, both, filtered, _FED_BACK, prediction),
        wires=(
            _INPUT,
            _FED_BACK,
            Quantity("U h'", "what it says", "recurrent part", "U_n h' + b_hn"),
            listening,
            Quantity("r∘U h'", "what is listened to", "reset part", "r ∘ (U_n h' + b_hn)"),
            possibilities,
            both,
            filtered,
            Quantity("z∘h'", "kept prediction", "output kept", "z ∘ h'"),
            prediction,
        ),
        sums={"h": ("z∘h'", "(1-z)∘n")},
        extra={"b_hn": Extra(("n",), "recurrent bias b_hn, under the reset")},
        keep="z",
        write="(1-z)∘n",
        requires=("gru",),
        high_rates=True,
        story="what listening lets through of the last prediction joins the new information in the possibilities; "
        "one gate forgets and ignores, and mixes them with the last prediction into the next.",
    )


def _rnn() -> CellFacts:
    prediction = Quantity("h", "prediction", "output", "h = tanh(W x + U h' + b)")
    return CellFacts(
        name="rnn",
        title="plain RNN",
        gates=("h",),
        states=("h",),
        legend=(prediction,),
        wires=(
            _INPUT,
            Quantity("W x + b", "what it says", "input's part", "W x + b"),
            _FED_BACK,
            Quantity("U h'", "what it says", "recurrent part", "U h'"),
            Quantity("z", "both together", "before squashing", "z = W x + b + U h'"),
            prediction,
        ),
        sums={"z": ("W x + b", "U h'"), "h": ("tanh(z)",)},
        remark="A plain RNN has no gates: one squashed path, whose output is fed back as it is.",
    )


CELL_FACTS: dict[str, CellFacts] = {
    facts.name: facts
    for facts in (
        _lstm("lstm", "LSTM", peepholes=False),
        _lstm("peephole", "LSTM with peepholes", peepholes=True),
        _gru(),
        _rnn(),
    )
}
"""Every kind of cell by its name."""

DEFAULT_CELL = "lstm"  # the one that holds on longest for its price
