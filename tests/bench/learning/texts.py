"""The texts that are learned: whole, with their digest, and cut into what trains and a last tenth that never does.

Shipped ones come from corpora/. Of the others nothing is shipped: they are what a machine has anyway (Python's own
library and manual, the messages of Debian's programs in other languages, the log of its packages). Their digest and
size stand beside each result, for another machine may have others.
"""

import gettext
import hashlib
import json
import sysconfig
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from tests.bench.turns import ROOT, RowSkippedError

SHAKESPEARE = "86c4e6aa9db7c042ec79f339dcb96d42b0075e16b8fc2e86bf0ca57e2dc565ed"
HELD = 0.1  # of every text: its end, which takes part in nothing
CORPORA = ROOT / "corpora"
MODULES = """
    argparse ast bdb calendar cgitb cmd codecs configparser copy csv dataclasses datetime difflib dis doctest enum
    fractions ftplib functools gettext heapq hmac imaplib inspect ipaddress locale mailbox mimetypes nntplib optparse
    pdb pickle pickletools platform poplib pprint profile pydoc random sched shelve shlex shutil smtplib socket ssl
    statistics string subprocess tarfile tempfile textwrap threading timeit tokenize trace traceback turtle typing
    uuid warnings wave weakref
"""  # what a newer Python has not any more is left out
CATALOGUES = ("bash", "coreutils", "dpkg")  # of programs that every Debian has
LOCALES = Path("/usr/share/locale")
PACKAGE_LOG = Path("/var/log/dpkg.log")


class TextRefusedError(SystemExit):
    """Not the text that the marks were set on: the program ends, and says why."""


@dataclass(frozen=True)
class Text:
    """A text, how it is read, and what it is in a few words."""

    name: str
    about: str
    text: str
    level: str = "char"
    lines: bool = False

    @property
    def digest(self) -> str:
        """SHA-256 of the text as UTF-8."""
        return hashlib.sha256(self.text.encode("utf-8")).hexdigest()

    def facts(self) -> dict:
        """What it was, to be kept beside a result."""
        return {"text": self.name, "about": self.about, "characters_of_text": len(self.text), "sha256": self.digest}

    def parts(self) -> tuple[str, str]:
        """The first 90 % and the rest; where lines stand alone, cut after one."""
        cut = int(len(self.text) * (1 - HELD))
        if self.lines:
            cut = self.text.index("\n", cut) + 1
        return self.text[:cut], self.text[cut:]

    def beginning(self, characters: int, name: str) -> "Text":
        """Only so much of it."""
        return replace(self, name=name, text=self.text[:characters])

    def options(self) -> list[str]:
        """How `train` is told to read it."""
        return [*(["--level", self.level] if self.level != "char" else []), *(["--lines"] if self.lines else [])]

    def put(self, folder: Path) -> tuple[Path, Path]:
        """Both parts as files of their own; what trains is named after the text."""
        folder.mkdir(parents=True, exist_ok=True)
        paths = folder / f"{self.name}.txt", folder / f"{self.name}.held.txt"
        for path, part in zip(paths, self.parts(), strict=True):
            path.write_bytes(part.encode("utf-8"))
        return paths


def tiny_shakespeare(path: Path) -> Text:
    """From a file; refused when it is not the one of 1,115,394 characters that everybody measures on."""
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise TextRefusedError(f"{path} cannot be read: {error.strerror}.") from error
    found = hashlib.sha256(raw).hexdigest()
    if found != SHAKESPEARE:
        raise TextRefusedError(
            f"{path} is not tiny Shakespeare: its SHA-256 is {found}, not {SHAKESPEARE}.\n"
            "It is char-rnn's input.txt, 1,115,394 characters."
        )
    return Text("shakespeare", "tiny Shakespeare", raw.decode("utf-8"))


def to_tune_on(text: Text) -> Text:
    """Its first nine tenths: whatever is decided by them, the last, on which results are scored, takes no part in."""
    about = f"the first nine tenths of {text.about}"
    return replace(text, name=f"{text.name}-beginning", about=about, text=text.parts()[0])


def in_words(text: Text) -> Text:
    """The same text, read word by word."""
    return replace(text, name=f"{text.name}-words", level="word")


def shipped(name: str, level: str | None = None) -> Text:
    """One of ours."""
    facts = json.loads((CORPORA / "index.json").read_text(encoding="utf-8"))[name]
    text = (CORPORA / facts["file"]).read_bytes().decode("utf-8")
    return Text(name, f"shipped: {name}", text, level or facts["level"], facts["lines"])


def texts_there(names: Iterable[str], makers: Mapping[str, Callable[[], Text]]) -> tuple[list[Text], dict[str, str]]:
    """Texts by name, and why others are not on this machine."""
    there, skipped = [], {}
    for name in names:
        try:
            there.append(makers[name]())
        except RowSkippedError as error:
            skipped[name] = str(error)
    return there, skipped


def python_source() -> Text:
    """Modules of the running Python's library, one after the other: the last tenth is of modules never seen."""
    folder = Path(sysconfig.get_path("stdlib"))
    found = [folder / f"{name}.py" for name in MODULES.split() if (folder / f"{name}.py").is_file()]
    text = "\n\n".join(path.read_text(encoding="utf-8") for path in found)
    return Text("python-source", f"source code: {len(found)} modules of Python's library", text)


def python_manual() -> Text:
    """What `help()` prints on the language, topic by topic."""
    from pydoc_data.topics import topics

    return Text("python-manual", "English prose: Python's manual", "\n\n".join(topics[name] for name in sorted(topics)))


def messages(language: str, about: str) -> Text:
    """What bash, coreutils and dpkg say in another language, a paragraph each, in an order that mixes the programs."""
    found = {}
    for name in CATALOGUES:
        path = LOCALES / language / "LC_MESSAGES" / f"{name}.mo"
        if not path.is_file():
            raise RowSkippedError(f"this machine has no {name}.mo in {language}")
        with path.open("rb") as stream:
            catalogue = gettext.GNUTranslations(stream)._catalog  # type: ignore[attr-defined] # no public way to all
        found |= {str(key): said.strip() for key, said in catalogue.items() if key}
    mixed = sorted(found, key=lambda key: hashlib.sha256(key.encode("utf-8")).hexdigest())
    return Text(f"messages-{language}", f"{about}: messages of {', '.join(CATALOGUES)}",
                "\n\n".join(found[key] for key in mixed) + "\n")  # fmt: skip


def package_log() -> Text:
    """What dpkg did on this machine."""
    try:
        text = PACKAGE_LOG.read_text(encoding="utf-8")
    except OSError as error:
        raise RowSkippedError("this machine has no log of its packages") from error
    if len(text) < 50_000:
        raise RowSkippedError("the log of this machine's packages is too short")
    return Text("package-log", "log: what dpkg did on this machine", text)
