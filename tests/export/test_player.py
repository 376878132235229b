"""The JavaScript module: node, or a browser where there is none, computes and writes what lstmgen does."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from lstmgen.api import Model, load
from lstmgen.cell_facts import CELL_FACTS
from lstmgen.export.rounding import arrays_read_back
from tests.browser import Browser, find_browser, load_module
from tests.naive import network as naive
from tests.untrained import CASES, LETTERS, TEXTS, prompt_for, untrained

NODE = shutil.which("node")
pytestmark = pytest.mark.skipif(NODE is None and find_browser() is None, reason="There is no node and no Chromium here")
Run = Callable[..., Any]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser | None]:
    """Only where there is no node."""
    made = None if NODE else Browser(find_browser() or "")
    yield made
    if made:
        made.close()


@pytest.fixture
def run(browser: Browser | None, tmp_path: Path) -> Run:
    """The value of a JavaScript expression, in which `it` is the module of a model."""

    def run(model: Model, expression: str, weights: str = "float32") -> Any:
        path = tmp_path / "it.mjs"
        model.export(tmp_path / "it.js", weights=weights)
        (tmp_path / "it.js").replace(path)
        if browser:
            browser.open("about:blank")
            load_module(browser, path)
            return browser.run(expression)
        script = f"const it = await import({json.dumps(path.as_uri())}); console.log(JSON.stringify({expression}))"
        asked = [NODE or "", "--input-type=module", "--eval", script]
        ran = subprocess.run(asked, check=False, capture_output=True, text=True, encoding="utf-8")
        assert (ran.returncode, ran.stderr) == (0, "")
        return json.loads(ran.stdout)

    return run


def read(ids: list[int | None]) -> str:
    """Logits after each token, from nothing; None: everything begins anew."""
    return (
        f"(() => {{ let state = null; return {json.dumps(ids)}.map(id => {{ state = it.step(id, state); "
        "return [...it.predict(state)]; }); })()"
    )


def expected(model: Model, ids: list[int | None], arrays: dict | None = None) -> np.ndarray:
    """The same from the equations, in double precision."""
    x = np.array([[-1 if one is None else one] for one in ids])
    architecture = model.network.architecture
    arrays = {name: array.astype(float) for name, array in (arrays or model.file.arrays).items()}
    zero = model.network.zero_state(1).astype(float)
    logits, _ = naive.logits(arrays, x, zero, architecture.squashing, architecture.skip_sum)
    return logits[:, 0]


def test_every_cell_and_level_is_tried() -> None:
    assert {model.network.architecture.cell for model in CASES.values()} == set(CELL_FACTS)
    assert {model.header["level"] for model in CASES.values()} == {"char", "word", "token"}


@pytest.mark.parametrize("name", CASES)
def test_logits(run: Run, name: str) -> None:
    model = CASES[name]
    V = len(model.vocabulary)
    ids = [None, *(k * k % V for k in range(20)), None, *(k % V for k in range(10))]
    found = np.array(run(model, read(ids)))
    np.testing.assert_allclose(found, expected(model, ids), rtol=0, atol=1e-5)
    state, theirs = None, []
    for token in ids:
        logits, state = model.step(token, state)
        theirs.append(logits)
    np.testing.assert_allclose(found, theirs, rtol=0, atol=1e-5)


@pytest.mark.parametrize("weights", ["float16", "int8"])
def test_rounded_weights(run: Run, weights: str) -> None:
    model, ids = untrained(LETTERS, "gru", L=2), [None, 3, 1, 4, 1, 5, 9, 2, 6]
    model.file.arrays["output.b"][:2] = 1e-6, 0.0  # a float16 that is subnormal, and nothing
    found = run(model, read(ids), weights)
    rounded = arrays_read_back(model.file.arrays, weights)
    np.testing.assert_allclose(found, expected(model, ids, rounded), rtol=0, atol=1e-5)
    assert np.abs(np.array(found) - expected(model, ids)).max() > 1e-5


@pytest.mark.parametrize("name", CASES)
def test_it_writes_what_sample_writes(run: Run, name: str) -> None:
    """At temperature 0, and at another one with the random numbers that sample draws."""
    model = CASES[name]
    prompt, length = prompt_for(model), 150
    uniforms = np.random.Generator(np.random.PCG64(np.random.SeedSequence([7, 0]))).random(length).tolist()
    asked = [
        {"prompt": "", "temperature": 0, "length": length},
        {"prompt": prompt, "temperature": 0, "length": length},
        {"prompt": prompt, "temperature": 1.25, "minP": 0.02, "length": length},
    ]
    drawn = f"(() => {{ const drawn = {json.dumps(uniforms)}; return () => drawn.shift(); }})()"
    greedy, prompted, sampled = run(model, f"{json.dumps(asked)}.map(one => it.sample({{...one, random: {drawn}}}))")
    assert greedy == model.sample(temperature=0, length=length, echo=False)
    assert prompted == model.sample(prompt, temperature=0, length=length, echo=False)
    assert sampled == model.sample(prompt, temperature=1.25, min_p=0.02, seed=7, length=length, echo=False)
    assert sampled != prompted


def test_the_bundled_model(run: Run) -> None:
    model = load("ready")
    written = run(model, "it.sample({prompt: 'Once upon a time', temperature: 0, length: 300})")
    assert written == model.sample("Once upon a time", temperature=0, length=300, echo=False) and len(written) == 300


def test_lines(run: Run) -> None:
    """A line is never empty, and ends where its end is drawn."""
    model = untrained(LETTERS, lines=True, seed=2)
    model.file.arrays["output.b"][LETTERS.index("\n")] += 4.0
    found = run(model, "[0, 1, 2, 3, 4, 5, 6, 7].map(seed => it.sample({seed, length: 50, temperature: seed ? 1 : 0}))")
    assert found[0] == model.sample(temperature=0, length=50)
    assert all(line and "\n" not in line for line in found)
    assert len(set(found)) > 4


@pytest.mark.parametrize("level", ["char", "word", "token"])
def test_texts_are_cut_as_everywhere(run: Run, level: str) -> None:
    tokens = untrained(["a"], level=level).vocabulary
    model = untrained(sorted({token for text in TEXTS for token in tokens.tokenize(text)}), level=level)
    found = run(model, f"{json.dumps(TEXTS)}.map(it.encode)")
    for text, ids in zip(TEXTS, found, strict=True):
        assert ids == model.vocabulary.encode(text, prompt=True)[0].tolist(), text


def test_what_the_model_never_saw(run: Run) -> None:
    assert run(CASES["lstm"], "it.encode('aZbY')") == [0, 1]
    assert run(CASES["words"], "it.encode('the heron saw')") == [1, 0, 3]
    for known, given in (("é", "cafe\u0301"), ("e\u0301", "café")):
        model = untrained([*dict.fromkeys("caf" + known)])
        assert run(model, f"it.encode({json.dumps(given)})") == list(range(3 + len(known)))


def test_a_seed_repeats_and_its_numbers_are_uniform(run: Run) -> None:
    model = CASES["rnn"]
    once, again, other, free = run(
        model, "[it.sample({seed: 5}), it.sample({seed: 5}), it.sample({seed: 6}), it.sample({length: 9})]"
    )
    assert once == again != other and len(free) == 9
    numbers = np.array(run(model, "(next => Array.from({length: 4000}, next))(it.uniforms(1))"))
    counts = np.histogram(numbers, 10, (0, 1))[0]
    assert counts.sum() == 4000 and ((counts - 400) ** 2 / 400).sum() < 21.7  # chi square, one in a hundred
    first = np.array(run(model, "Array.from({length: 4000}, (_, seed) => it.uniforms(seed)())"))
    assert abs(np.corrcoef(first[1:], first[:-1])[0, 1]) < 0.05


def test_it_is_short(tmp_path: Path) -> None:
    """It is made to be read."""
    for name, model in CASES.items():
        model.export(tmp_path / "it.js", title="A title", author="Somebody", note="One line.")
        lines = (tmp_path / "it.js").read_text("utf-8").splitlines()
        assert len(lines) <= 200, name


@pytest.mark.skipif(NODE is None, reason="There is no node here")
def test_node_runs_it(tmp_path: Path) -> None:
    model = untrained(LETTERS, lines=True)
    model.export(tmp_path / "it.js")
    (tmp_path / "it.js").replace(tmp_path / "it.mjs")
    asked = [NODE or "", tmp_path / "it.mjs", "fable"]
    ran = subprocess.run(asked, check=False, capture_output=True, text=True, encoding="utf-8")
    assert (ran.returncode, ran.stderr) == (0, "")
    assert ran.stdout.startswith("fable") and ran.stdout.endswith("\n")
