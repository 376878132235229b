"""Which order of n-grams guesses words best: the order in which lstmgen counts, for its baseline and for mixtures.

    python -m tests.bench.learning.ngram_orders [--shakespeare input.txt]

Each text is read word by word as `lstmgen train` reads it; n-grams are counted in the training part and score the part
that is held back. It takes seconds and prints the table of NGRAM.md.
"""

import argparse
from pathlib import Path

from lstmgen.text import load_text
from lstmgen.text.ngram import NGram
from tests.bench.learning.texts import python_manual, shipped, tiny_shakespeare
from tests.bench.tables import table
from tests.bench.turns import RowSkippedError

LARGEST = 7


def nats_by_order(text: str) -> list[float]:
    """Mean nats a word of what is held back, for the orders 1, 2, ... LARGEST."""
    corpus = load_text(text, level="word")
    model = NGram.build(corpus.training, len(corpus.vocabulary), LARGEST)
    return [float(row.mean()) for row in model.nats_by_order(corpus.validation, corpus.validation_starts)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--shakespeare", type=Path)
    path = parser.parse_args().shakespeare
    makers = [lambda: shipped("storybook"), python_manual]
    if path is not None:
        makers.append(lambda: tiny_shakespeare(path))
    rows = []
    for make in makers:
        try:
            text = make()
        except RowSkippedError as error:
            print(error)
            continue
        nats = nats_by_order(text.text)
        rows.append([text.name, *(f"{value:.4f}" for value in nats)])
        print(rows[-1], flush=True)
    print("\n".join(table(["text", *(f"{order}-gram" for order in range(1, LARGEST + 1))], rows)))


if __name__ == "__main__":
    main()
