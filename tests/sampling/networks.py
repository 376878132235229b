"""Small untrained networks whose weights are large enough for every step to matter."""

from lstmgen.sampling.generator import generate
from lstmgen.sampling.request import prepare_request
from lstmgen.settings import SamplingSettings
from lstmgen.text.tokens import Vocabulary
from tests.inspection.traces import network_for


def network_over(vocabulary, cell="lstm", seed=0):
    """Two layers of 20 units."""
    return network_for(cell, V=len(vocabulary), E=7, H=20, seed=seed)


def written(network, vocabulary, settings=None, guard=None, **request):
    """What a network writes when it is asked: an iterator of chunks; request: keywords of `prepare_request`."""
    return generate(network, vocabulary, prepare_request(vocabulary, settings or SamplingSettings(), **request), guard)


ABC = Vocabulary("char", ["\n", " ", *"abcdefghij"])
BOOK = Vocabulary("word", ["Doug", "Jane", "Spot", "saw", ".", "<unk>", "\n"], unknown=5)
CHARS, WORDS = network_over(ABC), network_over(BOOK)


def run(vocabulary=ABC, guard=None, network=None, *, prompt="", lines=False, echo=False, **settings):
    """All that is written, in chunks; network: None is CHARS or WORDS."""
    network = network or (WORDS if vocabulary is BOOK else CHARS)
    wishes = SamplingSettings(**{"seed": 7, "temperature": 1.0} | settings)
    return list(written(network, vocabulary, wishes, guard, prompt=prompt, lines=lines, echo=echo))


def records(*args, **more):
    """Of the samples, as they ended."""
    return [piece.finished for piece in run(*args, **more) if piece.finished]
