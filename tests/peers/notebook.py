"""A notebook that trains for five seconds and shows what the network does.

python -m tests.peers.notebook PAGE.html      executes it and writes it as a page to look at
"""

import os
import sys
from pathlib import Path

CELLS = (
    'import lstmgen\n\nmodel = lstmgen.train("storybook", time=5, seed=1)',
    "model",
    'model.gates("The fox said, \\"Nothing at all,\\" and went home.")',
    "model.units()",
    'model.score("The fox said nothing. The committee postponed its decision.")',
    "!lstmgen train childrens-book --steps 20 --out small.npz 2>&1 | tail -n 20",
)


def executed(folder: Path):
    """The notebook after a kernel has run all of it in `folder`."""
    import nbformat
    from nbconvert.preprocessors import ExecutePreprocessor

    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in CELLS])
    root, binaries = str(Path(__file__).parents[2]), str(Path(sys.executable).parent)
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [root, os.environ.get("PYTHONPATH")]))
    os.environ["PATH"] = os.pathsep.join([binaries, os.environ.get("PATH", "")])
    ExecutePreprocessor(timeout=300, kernel_name="python3").preprocess(notebook, {"metadata": {"path": str(folder)}})
    return notebook


def page(notebook) -> str:
    """The executed notebook as HTML."""
    from nbconvert import HTMLExporter

    return HTMLExporter().from_notebook_node(notebook)[0]


if __name__ == "__main__":
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        Path(sys.argv[1]).write_text(page(executed(Path(folder))), encoding="utf-8")
