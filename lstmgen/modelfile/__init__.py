"""The model file and the state file: one author for the format, reader and writer side by side.

    header.py    what the JSON header says: made, checked, turned back into sizes
    archive.py   the container: a stored zip of .npy arrays, read with nothing taken on trust
    reader.py    read_model, read_state, read_header, peek_kind
    writer.py    write_model, write_state: the old file whole until the new one is
    lock.py      OutputLock: one run at a time on the same files

A model is an .npz that plain numpy opens with allow_pickle=False. A state is a model with `state` members added:
everything else that training needs to go on.
"""

from lstmgen.modelfile.header import HISTORY_COLUMNS, VERSION, architecture_of, make_header, vocabulary_of
from lstmgen.modelfile.lock import OutputLock
from lstmgen.modelfile.model import ModelFile, digest_of
from lstmgen.modelfile.reader import peek_kind, read_header, read_model, read_state
from lstmgen.modelfile.writer import write_model, write_state

__all__ = [
    "HISTORY_COLUMNS",
    "VERSION",
    "ModelFile",
    "OutputLock",
    "architecture_of",
    "digest_of",
    "make_header",
    "peek_kind",
    "read_header",
    "read_model",
    "read_state",
    "vocabulary_of",
    "write_model",
    "write_state",
]
