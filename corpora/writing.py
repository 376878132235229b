"""Where a generator's text goes: corpora/NAME.txt, as UTF-8 with plain line feeds on every system."""

from pathlib import Path


def save(name: str, text: str) -> None:
    """Write the text beside the generators and say its size."""
    path = Path(__file__).parent / f"{name}.txt"
    path.write_bytes(text.encode("utf-8"))
    print(f"{path.name}: {len(text):,} characters")
