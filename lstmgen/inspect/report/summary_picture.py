"""What a report says in words, as a picture: the page itself needs a browser."""

from __future__ import annotations

from rich.segment import Segment

from lstmgen.inspect.canvas.frame import Frame
from lstmgen.inspect.canvas.labels import token_label
from lstmgen.inspect.canvas.picture import FAINT, STRONG, Picture, fit, wrap
from lstmgen.inspect.report.measure import Report
from lstmgen.inspect.report.page_picture import ReportSubject
from lstmgen.inspect.report.words import about_words, highlight_words


def draw_summary(report: Report, subject: ReportSubject, frame: Frame) -> Picture:
    """What was looked at, and each highlight with its sentence."""
    picture, width = Picture(), frame.width
    picture.add(Segment(fit(f"{subject.name}: what it did while it read", width), STRONG))
    for line in wrap(" · ".join(about_words(report, subject.level)), width):
        picture.add(Segment(line, FAINT))
    labels = {kind: token_label(token) for kind, token in enumerate(subject.vocabulary)}
    for highlight in report.highlights:
        title, words = highlight_words(highlight, report, labels)
        picture.add()
        picture.add(Segment(fit(title, width), STRONG))
        for line in wrap(words, width):
            picture.add(line)
    return picture.crop(width)
