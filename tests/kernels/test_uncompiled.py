"""With NUMBA_DISABLE_JIT=1 the same kernels run as plain Python: slowly, with the same numbers."""

import json
import subprocess
import sys

import numpy as np
import pytest

from tests.cli.running import ROOT, environment, run_alone

PROGRAM = """
import json, sys, warnings
warnings.simplefilter("error")
import numpy as np
import lstmgen
from lstmgen.cell_facts import CELL_FACTS
found = {}
for cell in CELL_FACTS:
    how = {"steps": 4, "hidden_size": 9, "num_layers": 2, "seed": 1, "dropout": 0.1, "weight_drop": 0.2}
    model = lstmgen.train(text="ab cd\\n" * 3, cell=cell, lines=cell == "rnn", **how)
    found[cell] = {
        "losses": [row[3] for row in model.history.tolist()],
        "score": model.score("abba").nats.tolist(),
        "logits": model.trace("ab").logits.tolist(),
        "text": model.samples(3, "a", length=12, seed=2, top_p=0.9, min_p=0.01),
    }
adapted = model.adapted("cd cd cd cd")
found["adapted"] = {"score": adapted.score("ab").nats.tolist(), "losses": model.score("abc", adapt=True).nats.tolist()}
model.network.parameters[::3] = np.nan
model.network.refresh()
found["damaged"] = {"score": model.score("ab").nats.tolist()}
json.dump(found, sys.stdout)
"""


def told(**more):
    command = [sys.executable, "-c", PROGRAM]
    ran = subprocess.run(command, env=environment(**more), cwd=ROOT, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    return json.loads(ran.stdout), ran.stderr


def test_training_scoring_and_writing_are_those_of_compiled_kernels():
    plain, said = told(NUMBA_DISABLE_JIT="1")
    assert said == "lstmgen: NUMBA_DISABLE_JIT is set: plain Python loops, some hundred times slower.\n"
    compiled, said = told(NUMBA_DISABLE_JIT="0")
    assert said == ""
    for name, figures in compiled.items():
        for kind, right in figures.items():
            if kind == "text":
                assert plain[name][kind] == right
            else:
                np.testing.assert_allclose(plain[name][kind], right, rtol=2e-5, atol=2e-6)
    assert np.isnan(plain["damaged"]["score"]).all()


NETWORK = """
from tests.network.cases import Case, check_gradient, check_outputs, check_writing
for cell, squashing, E in (("lstm", "tanh", 3), ("peephole", "identity", 0), ("gru", "tanh", 3), ("rnn", "tanh", 2)):
    case = Case(cell, squashing, V=11, E=E, H=17, L=2, B=3, T=4)
    check_gradient(case, seed=1)
    check_outputs(case, seed=2)
    check_writing(case, seed=3)
"""


def test_the_network_agrees_with_the_twin():
    environment_ = environment(NUMBA_DISABLE_JIT="1")
    command = [sys.executable, "-c", NETWORK]
    ran = subprocess.run(command, env=environment_, cwd=ROOT, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr


@pytest.mark.parametrize(
    ("name", "value", "way_out", "command"),
    [
        ("NUMBA_NUM_THREADS", "0", "Set it to 1 or more", "train a.txt --steps 1"),
        ("NUMBA_NUM_THREADS", "0", "Set it to 1 or more", "sample"),
        ("NUMBA_NUM_THREADS", "0", "Set it to 1 or more", "inspect score --text abc"),
        ("NUMBA_NUM_THREADS", "all", "Set it to 1 or more", "sample"),
        ("NUMBA_DISABLE_JIT", "yes", "Set it to 0 or 1", "sample"),
    ],
)
def test_settings_of_numba_that_cannot_be_are_a_mistake_of_the_users(name, value, way_out, command, tmp_path):
    (tmp_path / "a.txt").write_text("ab cd\n" * 9)
    ran = run_alone(*command.split(), cwd=tmp_path, **{name: value})
    assert (ran.returncode, ran.stdout) == (2, b"")
    assert ran.stderr.endswith(f"Error: {name} is '{value}'.\n{way_out}, or leave it out.\n".encode())
    assert b"Traceback" not in ran.stderr
