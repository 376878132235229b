"""The commands shown at the end can be typed as they are shown."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from lstmgen.cli.wording import name_to_type, next_commands


@pytest.mark.parametrize(
    ("path", "typed"),
    [
        ("models/story.npz", "story"),
        ("story.npz", "story.npz"),
        ("models/my tale.npz", "'my tale'"),
        ("é/日本.npz", "'é/日本.npz'"),
        ("a\nb\x1b[31m.npz", "$'a\\x0ab\\x1b\\x5b31m.npz'"),
        ("bad\udcff'.npz", "$'bad\\xff\\x27.npz'"),
    ],
)
def test_a_name_is_quoted_for_a_shell(path: str, typed: str) -> None:
    assert name_to_type(Path(path)) == typed
    assert typed in next_commands(Path(path), 20.0, lines=False)[0]
    if shutil.which("bash"):
        read = subprocess.run(["bash", "-c", f"printf %s {typed}"], capture_output=True, check=True).stdout
        assert os.fsdecode(read) in (path, Path(path).stem)
