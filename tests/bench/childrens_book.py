"""The children's book, trained for 20 seconds: how many of 1,000 sentences written from nothing are right?

    python -m tests.bench.childrens_book [--time 20] [--seed 1]

Right is exactly "A saw B." with A and B different, of Doug, Jane, Spot. An untrained model is counted too.
"""

import argparse
from collections import Counter

import numpy as np

import lstmgen
from lstmgen.network import initialise, parameter_views
from lstmgen.settings import Architecture

NAMES = ("Doug", "Jane", "Spot")
RIGHT = {f"{a} saw {b}." for a in NAMES for b in NAMES if a != b}
SENTENCES = 1_000


def count(model, seed: int) -> Counter:
    """How often each right sentence is among the first 1,000 of one long sample at temperature 1."""
    text = model.sample(length=SENTENCES * 40, temperature=1.0, min_p=0.0, seed=seed)
    sentences = [part.strip() + "." for part in text.split(".")[:SENTENCES]]
    assert len(sentences) == SENTENCES or model.header["training"] == {}, "the sample is too short"
    return Counter(sentence for sentence in sentences if sentence in RIGHT)


def untrained(model):
    """The same network with fresh weights."""
    sizes = model.header["sizes"]
    shape = Architecture("lstm", sizes["vocabulary"], sizes["embedding"], sizes["units"], sizes["layers"])
    arrays = parameter_views(shape, initialise(shape, np.random.default_rng(0)))
    return lstmgen.Model.from_arrays(arrays, model.header["vocabulary"], level="word")


def main() -> None:
    """Train, count, print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--time", type=float, default=20.0)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    model = lstmgen.train("childrens-book", time=args.time, seed=args.seed)
    print(f"vocabulary {model.header['vocabulary']}, unknown {model.header['unknown']}")
    print(f"final validation {model.header['training']['final_validation']:.4f} nats a token; the optimum is 0.4479")
    found = count(model, args.seed)
    print(f"trained: {found.total()} of {SENTENCES} sentences right")
    for sentence in sorted(RIGHT):
        print(f"  {sentence:<16} {found[sentence] / SENTENCES:.1%}")
    print(f"untrained: {count(untrained(model), args.seed).total()} of {SENTENCES}")


if __name__ == "__main__":
    main()
