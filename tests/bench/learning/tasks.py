"""Tasks with a right and a wrong: counting beyond what was trained, the embedded Reber grammar, copying."""

import random

import numpy as np

import lstmgen
from lstmgen.inspect.mistakes.memory_tasks import reber_string, reber_strings

COUNTED, EACH = 30, 100  # a^n b^n: trained from 1 to COUNTED, EACH times
ASKED = 100  # every n up to this must come out right
REBER_STRINGS, REBER_SEED = 1_000, 2_000_003  # new ones, of no training text
LONG = "30-39"  # letters of strings as long as hardly one that was trained


def counting_lines(seed: int = 21, most: int = COUNTED, each: int = EACH) -> str:
    """Lines a^n b^n in random order, as corpora/make_counting.py makes them, up to another n."""
    lines = [f"{'a' * n}{'b' * n}\n" for n in range(1, most + 1)] * each
    random.Random(seed).shuffle(lines)
    return "".join(lines)


def counts_right(model: lstmgen.Model, n: int) -> bool:
    """Whether after a^n b the likeliest is b until there are n of them, and then the line's end."""
    line = "a" * n + "b" * n
    ids = model.vocabulary.encode(line + "\n")[0]
    x = np.concatenate(([-1], ids[:-1])).astype(np.int32)[:, None]
    logits, _ = model.network.logits(x, model.network.zero_state(1))
    return bool((logits[n + 1 :, 0].argmax(axis=1) == ids[n + 1 :]).all())


def counting(model: lstmgen.Model, most: int = ASKED) -> dict:
    """How many of 1 .. `most` are right, and which is the first that is not."""
    wrong = [n for n in range(1, most + 1) if not counts_right(model, n)]
    return {"right": most - len(wrong), "of": most, "first_wrong": wrong[0] if wrong else None}


def reber(model: lstmgen.Model, strings: int = REBER_STRINGS) -> dict:
    """Per cent right on the last letter but one, over new strings as long as the trained ones, and over long ones."""
    chance = random.Random(REBER_SEED)
    new, long = [reber_string(chance) for _ in range(strings)], reber_strings()[LONG]
    right, right_long = (
        100 * sum(_likeliest(model, string[:-2]) == string[1] for string in some) / len(some) for some in (new, long)
    )
    return {"right": right, "strings": strings, "right_long": right_long, "long_strings": len(long)}


def _likeliest(model: lstmgen.Model, text: str) -> str:
    ids = model.vocabulary.encode(text)[0]
    x = np.concatenate(([-1], ids)).astype(np.int32)[:, None]
    logits, _ = model.network.logits(x, model.network.zero_state(1))
    return str(model.vocabulary.tokens[int(logits[-1, 0].argmax())])


def longest_copy(text: str, of: str) -> str:
    """The longest part of `text` that stands in `of` to the letter; the first of equally long ones."""
    best = ""
    for begin in range(len(text)):
        end = begin + len(best) + 1
        while end <= len(text) and text[begin:end] in of:
            best = text[begin:end]
            end += 1
    return best
