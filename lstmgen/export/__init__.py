"""A model as other programs read it: one form a file, each a function from a model to bytes.

    records.py    what is asked for, and what a form says of itself
    forms.py      the registry: every form by the ending of its files
    rounding.py   weights in fewer bytes, and what is left of them
    packing.py    arrays, facts and scripts as JavaScript reads them; page_facts.py: which facts
    cuts.py       how a text is cut into tokens, for JavaScript
    page.py       .html: one page that writes, with no network; webpage/ has its parts
    module.py     .js: a short module that writes, to be read; webpage/player.js is its code
    reading.py    what other programs need to know of a model, as texts by name
    stacked.py    a layer's arrays with its gates in another program's order
    onnx.py       .onnx: a graph; protobuf.py writes its bytes
    safetensors.py  .safetensors: arrays by PyTorch's names
    pytorch.py    .py: the PyTorch module that reads those; pytorch_module.txt has it

To add a form: a file here with a function (ModelFile, ExportRequest) -> bytes, and its `ExportForm` in `forms.py`.
`lstmgen export`, its list and `Model.export` know it then.
"""
