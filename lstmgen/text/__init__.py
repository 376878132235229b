"""From a user's text to windows of ids: corpus (find, read, split), tokens (lossless), streams (carried state)."""

from lstmgen.text.corpus import Corpus
from lstmgen.text.loading import load_corpus, load_text
from lstmgen.text.reading import TextReader
from lstmgen.text.streams import Streams, validation_windows
from lstmgen.text.tokens import UNKNOWN_TOKEN, Decoder, Vocabulary

__all__ = [
    "UNKNOWN_TOKEN",
    "Corpus",
    "Decoder",
    "Streams",
    "TextReader",
    "Vocabulary",
    "load_corpus",
    "load_text",
    "validation_windows",
]
