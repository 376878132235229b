"""A page of several sections, each made by a script of its own."""

import re
from pathlib import Path

EXPORT = Path(__file__).with_name("EXPORT.md")


def put_section(page: Path, section: str) -> None:
    """Write a section, which begins with its heading (##), in the place of the one so headed, or else at the end."""
    heading = section.partition("\n")[0]
    parts = re.split(r"^(?=## )", page.read_text(encoding="utf-8"), flags=re.MULTILINE)
    parts = [part.strip() for part in parts]
    places = [k for k, part in enumerate(parts) if part.partition("\n")[0] == heading] or [len(parts)]
    parts[places[0] : places[0] + 1] = [section.strip()]
    page.write_text("\n\n".join(parts) + "\n", encoding="utf-8")
