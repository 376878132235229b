"""README's service, as it stands, over a model that was exported for it."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import ThreadingHTTPServer
from pathlib import Path
from urllib.request import urlopen

import pytest

from lstmgen.api import Model
from tests.cli.running import cycle
from tests.export.kinds import Kind

pytest.importorskip("onnxruntime")

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
(SERVICE,) = (code for code in re.findall(r"```python\n(.*?)```", README, re.DOTALL) if "onnxruntime" in code)


def service(model: Model, folder: Path, monkeypatch: pytest.MonkeyPatch) -> dict:
    """The names that README's code defines, next to a model."""
    monkeypatch.chdir(folder)
    model.export("mybook.onnx")
    names = {"__name__": "readme"}
    exec(compile(SERVICE, "README.md", "exec"), names)
    return names


@contextmanager
def serving(names: dict) -> Iterator[str]:
    """Its address while it runs."""
    server = ThreadingHTTPServer(("localhost", 0), names["Service"])
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://localhost:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_it_answers_with_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with (
        serving(service(cycle(["a", "b", " "]), tmp_path, monkeypatch)) as address,
        urlopen(f"{address}/?ab%20?a") as answer,  # "?" is none of its characters
    ):
        assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
        assert answer.read().decode() == "b a" * 100


def test_it_ends_with_the_document_and_joins_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = cycle(["a", "b", "\n"], lines=True)
    assert "".join(service(lines, tmp_path, monkeypatch)["sample"]()) == "ab"
    words = cycle(["fox", "said", "no", "."], level="word")
    assert "".join(service(words, tmp_path, monkeypatch)["sample"](["fox"], 6)) == " said no. fox said no"


def test_a_seed_writes_the_same_and_unknown_never(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sample = service(Kind("lstm", 2, level="word").model(), tmp_path, monkeypatch)["sample"]
    first, second, other = ("".join(sample(["the", "fox"], 200, 1.5, seed)) for seed in (1, 1, 2))
    assert first == second != other
    assert "<unk>" not in first + other
