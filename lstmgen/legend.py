"""What everything inside a cell is called, in both vocabularies, and what its values mean.

The lecture follows a story through the cell from possibilities to prediction; the textbook has letters and equations.
Every picture takes its words from here. A quantity that a trace holds has its letter as key; the two that follow from
others (what passed the input gate, what the step before left) are there for pictures of the wiring.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Entry:
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


_POSSIBILITIES = Entry("g", "possibilities", "candidate", "g = tanh(W_c x + U_c h' + b_c)")
_FILTERED = Entry("i∘g", "filtered possibilities", "gated candidate", "i ∘ g")
_MEMORY = Entry("c'", "memory", "cell state before", "c' = c of the step before")
_COLLECTED = Entry("c", "collected possibilities", "cell state", "c = f ∘ c' + i ∘ g")


def _lstm(peepholes: bool) -> tuple[Entry, ...]:
    before, after = (" + p_{} ∘ c'", " + p_o ∘ c") if peepholes else ("", "")
    ignoring = f"i = σ(W_i x + U_i h'{before.format('i')} + b_i)"
    forgetting = f"f = σ(W_f x + U_f h'{before.format('f')} + b_f)"
    selection = f"o = σ(W_o x + U_o h'{after} + b_o)"
    return (
        _POSSIBILITIES,
        Entry("i", "ignoring", "input gate", ignoring, "lets in", "ignores"),
        _FILTERED,
        _MEMORY,
        Entry("f", "forgetting", "forget gate", forgetting, "keeps", "forgets"),
        _COLLECTED,
        Entry("o", "selection", "output gate", selection, "releases", "holds back"),
        Entry("h", "prediction", "output", "h = o ∘ σ_h(c)"),
    )


LEGENDS: dict[str, tuple[Entry, ...]] = {
    "lstm": _lstm(peepholes=False),
    "peephole": _lstm(peepholes=True),
    "rnn": (Entry("h", "prediction", "output", "h = tanh(W x + U h' + b)"),),
}

_FED_BACK = Entry("h'", "last prediction", "output before", "h' = h of the step before")
_INPUT = Entry("x", "new information", "input", "x")
_KEPT = Entry("f∘c'", "kept memory", "cell state kept", "f ∘ c'")
_SQUASHED = Entry("tanh(c)", "squashed", "between -1 and 1", "tanh(c)")

_WIRES: dict[str, Entry] = {
    entry.letter: entry for entry in (*_lstm(peepholes=False), _FED_BACK, _INPUT, _KEPT, _SQUASHED)
}
_RNN_WIRES = (
    _INPUT,
    Entry("W x + b", "what it says", "input's part", "W x + b"),
    _FED_BACK,
    Entry("U h'", "what it says", "recurrent part", "U h'"),
    Entry("z", "both together", "before squashing", "z = W x + b + U h'"),
    LEGENDS["rnn"][0],
)

REMARKS = {"rnn": "A plain RNN has no gates: one squashed path, whose output is fed back as it is."}


def legend(cell: str) -> tuple[Entry, ...]:
    """All quantities of a cell in the lecture's order, from the new possibilities to the prediction."""
    return LEGENDS[cell]


def traced(cell: str) -> tuple[Entry, ...]:
    """Those of them that a trace holds, in the same order."""
    return tuple(entry for entry in LEGENDS[cell] if entry.letter in {"f", "i", "o", "g", "c", "h"})


def wires(cell: str, squashing: str = "tanh") -> tuple[Entry, ...]:
    """Every wire of a step, from what comes in at the bottom of the picture to the prediction at its top.

    squashing: "tanh" where the memory is squashed on its way out, else "identity".
    """
    if cell == "rnn":
        return _RNN_WIRES
    order = ["x", "h'", "g", "i", "i∘g", "c'", "f", "f∘c'", "c", "tanh(c)", "o", "h"]
    if squashing == "identity":
        order.remove("tanh(c)")
    own = {entry.letter: entry for entry in LEGENDS[cell]}
    return tuple(own.get(letter, _WIRES[letter]) for letter in order)
