"""A model for other programs: what leaves with it, what rounding its weights costs, and the file."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from lstmgen.api.copies import copies_of_text
from lstmgen.api.recorded import TrainingText, find_unchanged_text
from lstmgen.api.writing import WritingModel
from lstmgen.errors import UsageError
from lstmgen.export.forms import EXPORT_FORMS, check_export, export_form
from lstmgen.export.records import ExportForm, ExportRequest, RoundingLoss
from lstmgen.export.rounding import arrays_read_back
from lstmgen.inspection.passage import make_passage
from lstmgen.inspection.score import score_figures, surprisal
from lstmgen.output_file import write_file
from lstmgen.paths import checked_path

if TYPE_CHECKING:
    from lstmgen.text.copies import Copies

_SAMPLED = 2_000  # characters in which copies are looked for, as at the end of training
_SAMPLED_TOKENS = {"char": _SAMPLED, "word": _SAMPLED // 5, "token": _SAMPLED // 5}
_LINES = 100  # the same where lines are documents; of other documents one
_SEED = 0


@dataclass(frozen=True)
class Export:
    """Files that are not yet written. content: all of the file; beside: of the one that it reads, None for none.

    learned: the training text, where it was found.
    """

    form: ExportForm
    request: ExportRequest
    content: bytes
    beside: bytes | None
    learned: TrainingText | None

    def write(self, path: Path) -> dict[Path, int]:
        """Put each whole file in place, or leave the old one; what was written, with sizes in bytes."""
        contents = {path: self.content}
        if self.beside is not None:
            contents = {path.with_suffix(self.form.beside): self.beside} | contents
        for place, content in contents.items():
            write_file(place, lambda file, content=content: file.write(content))  # type: ignore[misc]
        return {place: len(content) for place, content in contents.items()}


def prepare_export(
    model: WritingModel,
    path: str | Path,
    *,
    weights: str | None = None,
    title: str = "",
    author: str = "",
    note: str = "",
    corpus: str | None = None,
) -> Export:
    """Everything but the writing, as `Model.export` says. corpus: where the training text may be.

    Raises UsageError for an ending that no form has, or what the form has no place for.
    """
    form = export_target(path)
    kind = check_export(form, weights, words=bool(title or author or note))
    if model.clamps or model.inference is not None:
        raise UsageError(
            "A model that is clamped, adapted or mixed with n-grams cannot be exported: only its weights would leave.\n"
            "Export the model as it was loaded."
        )
    note = note.encode("utf-8", "replace").decode("utf-8")  # a byte of the command line that is no text has no form
    learned = find_unchanged_text(model, corpus)
    request = ExportRequest(kind, title, author, note, _rounding_loss(model, kind, learned))
    beside = EXPORT_FORMS[form.beside].make(model.file, request) if form.beside else None
    return Export(form, request, form.make(model.file, request), beside, learned)


def export_target(path: str | Path) -> ExportForm:
    """The form of the file to write. Raises UsageError where no file can be written there."""
    form, target = export_form(path), checked_path(path)
    if target.is_dir() or not target.parent.is_dir():
        what = "is a folder" if target.is_dir() else "is in a folder that does not exist"
        raise UsageError(f"{path} {what}.\nName a file in an existing folder.")
    return form


def _rounding_loss(model: WritingModel, weights: str, learned: TrainingText | None) -> RoundingLoss | None:
    """None where no held-out text is found."""
    if learned is None or not len(learned.corpus.validation):
        return None
    tokens, starts, before = learned.held_out()
    passage = make_passage(model.vocabulary, tokens, starts, lines=model.lines, before=before)

    def bits(one: WritingModel) -> float:
        return score_figures(surprisal(one.network, passage.ids, passage.starts), passage).bits_a_character

    exact = bits(model)
    if weights == "float32":
        return RoundingLoss(exact, exact)
    rounded = type(model)(replace(model.file, arrays=arrays_read_back(model.file.arrays, weights)))
    return RoundingLoss(exact, bits(rounded))


def copies_that_leave(model: WritingModel, learned: TrainingText) -> Copies:
    """What of its training text a sample of the model copies."""
    if model.document_end is None:
        texts = [model.sample(seed=_SEED, length=_SAMPLED_TOKENS[model.header["level"]])]
    else:
        texts = model.samples(_LINES if model.lines else 1, seed=_SEED)
    return copies_of_text(model, texts, learned)
