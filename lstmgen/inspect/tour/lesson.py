"""What the tour says at each step, and the command that it runs there: the lecture in its order, in our own words."""

from __future__ import annotations

import shlex
from dataclasses import dataclass

from lstmgen.cell_facts import CELL_FACTS

_MODEL = "lesson"
_STORY = "Jane saw Spot. Doug"


@dataclass(frozen=True)
class Step:
    """text: paragraphs; those that begin with two blanks keep their lines. command: as typed after `lstmgen`."""

    title: str
    text: str
    command: str

    @property
    def words(self) -> list[str]:
        """The command's arguments."""
        return shlex.split(self.command)

    @property
    def view(self) -> str | None:
        """The view under `inspect` that it needs; None for another command."""
        return self.words[1] if self.words[0] == "inspect" else None


_LSTM = {entry.letter: entry for entry in CELL_FACTS["lstm"].legend}
_MEMORY = _LSTM["c'"].lecture
_RNN = CELL_FACTS["rnn"].legend[0]
_GATES = "\n".join(f"  {_LSTM[k].names}: {_LSTM[k].sense}" for k in "ifo")


def _both(letter: str) -> str:
    """The lecture's name and the textbook's."""
    return f"{_LSTM[letter].lecture} ({_LSTM[letter].textbook})"


STEPS = (
    Step(
        "A vector is a list of values",
        "What's for dinner? A computer wants the answer in numbers. A day's weather could be 67 43 13 .25 .83: its "
        "high, low, wind, rain and humidity. Such a list is a vector. One of a few things becomes a list with a place "
        "for each of them, 1 in the place of the one that is meant, 0 in all others: a one-hot vector.\n"
        "Here are the words of a sentence, each with its list below it.",
        f'inspect unroll -m {_MODEL} --text "Doug saw Jane." --steps 0',
    ),
    Step(
        "A chain of predictions",
        "Yesterday's dinner and yesterday's prediction give today's prediction, and this one helps with tomorrow's. "
        "Drawn one time step beside the other, a single net becomes a chain. What it hands on from step to step is all "
        "that it knows of the past.\n"
        "Above each step stands what it expects next. Where the text ends the model goes on alone: its own likeliest "
        "word is what it reads next.",
        f'inspect unroll -m {_MODEL} --text "{_STORY}"',
    ),
    Step(
        "Write a children's book",
        "The dictionary: Doug, Jane, Spot, saw and the full stop. The book:\n"
        '  "Doug saw Jane. Jane saw Spot. Spot saw Doug."\n'
        "After saw, and after a full stop, comes a name. After a name comes saw, or a full stop: which of them depends "
        "on what came before. This model draws each word by lot, the likelier ones more often.",
        f"sample -m {_MODEL} --length 24 --seed 1",
    ),
    Step(
        "A recurrent neural network",
        "One layer gets two things, the new information x and its own last output h', and squashes what it makes of "
        f"them:\n  {_RNN.equation}\n"
        "tanh is a squashing function: whatever goes in, what comes out is between -1 and 1, so nothing grows without "
        "end however often it goes round.\n"
        f"In our model the {_both('g')} are made like this. Here are their weights W, "
        "a row a unit: reading a one-hot word picks out that word's column.",
        f"inspect weights -m {_MODEL} --matrix W.g",
    ),
    Step(
        "Mistakes",
        "What can go wrong in that book?\n"
        '  "Doug saw Doug."   "Jane saw Spot saw Doug saw ..."   "Spot. Doug. Jane."\n'
        "Whoever knows the last word only cannot tell the first name of a sentence from the second. It takes a memory "
        "that reaches further back.\n"
        "Here sentences are counted: those of a writer that knows only which word follows which, and those of our "
        "model.",
        f"inspect mistakes -m {_MODEL}",
    ),
    Step(
        "Gating",
        "Two kinds of junction: plus adds two lists place by place, times multiplies them place by place. Times 1 lets "
        "a value pass, times 0 stops it. So a list of numbers between 0 and 1 is a row of valves: a gate. The logistic "
        "function squashes anything to between 0 and 1, and a net can learn when to open what. A long short-term "
        f"memory, LSTM, has three gates, and their names can mislead:\n{_GATES}\n"
        "Here they are while a text is read, a row a unit.",
        f'inspect gates -m {_MODEL} --text "{_STORY} saw Jane."',
    ),
    Step(
        "From possibilities to prediction",
        f"The story so far: {_STORY} ... Read one step of the LSTM from the bottom up.\n"
        f"The new word and the last prediction make {_both('g')}. What {_both('i')} lets in are the "
        f"{_LSTM['i∘g'].lecture}. Added to the {_MEMORY} that {_both('f')} has kept, they are the {_both('c')}. "
        f"Of these, squashed, {_both('o')} releases the {_both('h')}, which goes round again.",
        f'inspect step -m {_MODEL} --text "{_STORY}" --at 4',
    ),
    Step(
        "Sequential patterns",
        "Whatever is embedded in time can be read like this: text, speech, audio, video, physical processes. Some "
        "small examples come with lstmgen: speech, tunes, bounce (a film of a ball), pendulum, weather, dinners. Try\n"
        "  lstmgen train tunes --time 1m\n"
        "Here a larger model reads a story letter by letter; a column is the mean over a word.",
        'inspect gates -m ready --words --text "The fox said nothing."',
    ),
)
