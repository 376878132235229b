"""What `report` shows: one page of HTML; where there is no browser, what it says in words."""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from lstmgen.inspect.canvas.view import Theme, View
from lstmgen.inspect.report.measure import make_report
from lstmgen.inspect.report.page_picture import page_facts, report_facts
from lstmgen.inspect.report.picture import ReportSubject, as_page
from lstmgen.inspect.report.summary_picture import draw_summary
from lstmgen.inspection.loaded import LoadedModel
from lstmgen.inspection.trace import Trace

_NOTEBOOK_HEIGHT = 900  # pixels of the page within a notebook


@dataclass(frozen=True, repr=False)
class ReportView(View):
    """A view whose HTML is the page of the report; a notebook shows that page. page: what it is filled with."""

    page: dict[str, Any] = field(default_factory=dict)

    def html(self, width: int = 80, height: int = 22, *, theme: Theme | None = None) -> str:
        """The page: it opens in any browser and fetches nothing. Its width and height are the browser's.

        theme: None is that of the browser; a button on the page changes it.
        """
        return as_page(self.page, theme)

    def _repr_html_(self) -> str:
        source = html.escape(self.html(), quote=True)
        return f'<iframe srcdoc="{source}" width="100%" height="{_NOTEBOOK_HEIGHT}" style="border: 0"></iframe>'


def report_view(model: LoadedModel, trace: Trace, *, notes: Sequence[str] = ()) -> ReportView:
    """The report of a trace, as `Model.report` says."""
    vocabulary = model.vocabulary
    subject = ReportSubject(
        name=model.name or "a model",
        level=model.header["level"],
        squashing=model.header["squashing"],
        vocabulary=vocabulary.tokens,
        spaced=vocabulary.spelling.space_before(trace.ids).tolist(),
    )
    report = make_report(trace, document_end=model.document_end)
    return ReportView(
        title=f"{subject.name}: what it did while it read",
        draw=lambda frame: draw_summary(report, subject, frame),
        make_data=lambda: {"path": str(model.path), **report_facts(report, subject)},
        notes=notes,
        page=page_facts(report, subject),
    )
