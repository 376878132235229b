"""The storybook: no sentence too often, quotes that close, pronouns with somebody to stand for, chapters in order."""

import re
from collections import Counter
from functools import cache

from tests.corpora.shipped import FOLDER, text

CHAPTERS = 188


@cache
def chapters() -> list[str]:
    return text("storybook").strip().split("\n\n\n")[1:]


@cache
def names(gender: str) -> frozenset[str]:
    """Everybody of the tables who is she or he, and how the teller may call them."""
    found = set()
    for table in ("villagers", "guests"):
        for block in (FOLDER / "tale" / f"{table}.table").read_text(encoding="ascii").split("\n\n"):
            name, _, who, _ = re.search(r"name: (.+)", block)[1].split(" / ")
            if who == gender:
                found |= {name, *re.search(r"epithet: (.+)", block)[1].split("; ")}
    return frozenset(found)


def sentences(story: str) -> list[str]:
    """What begins with a capital and ends with a mark, inside quotes or out."""
    return [s for s in re.split(r'(?<=[.!?])"?\s+"?|\n+"?|"$', story) if s[:1].isupper() and s[-1] in ".!?"]


def test_no_sentence_stands_there_more_than_three_times():
    counts = Counter(s for chapter in chapters() for s in sentences(chapter))
    assert max(counts.values()) <= 3
    assert sum(n == 1 for n in counts.values()) > 0.75 * len(counts)
    assert sum(counts.values()) > 9_000


def test_chapters_are_numbered_and_titled():
    heads = [chapter.split("\n")[0] for chapter in chapters()]
    assert len(heads) == len(set(heads)) == CHAPTERS
    assert heads[0] == "Chapter One"
    assert heads[41] == "Chapter Forty-Two"
    assert heads[-1] == "Chapter One Hundred and Eighty-Eight"
    assert all(re.fullmatch(r"[A-Z][\w' ,.?]+", chapter.split("\n")[1]) for chapter in chapters())


def test_quotes_open_and_close_in_every_paragraph():
    for paragraph in re.split(r"\n{2,}", text("storybook").strip()):
        assert paragraph == paragraph.strip()
        assert paragraph.count('"') % 2 == 0
        pieces = paragraph.split('"')
        for said, after in zip(pieces[1::2], pieces[2::2], strict=True):
            assert re.search(r"[.,!?]$", said), said
            assert said[:1].isalpha(), said
            assert after == "" or after[0] in " :", after
        assert all(before == "" or before[-1] == " " for before in pieces[0:-1:2])


def test_a_pronoun_comes_after_somebody_it_can_stand_for():
    kinds = (
        (r"\b([Ss]he|[Hh]ers?|[Hh]erself)\b", "she", ("postmistress", "sister", "aunt", "queen", "mother")),
        (r"\b([Hh]e|[Hh]im|[Hh]is|[Hh]imself)\b", "he", ("postman", "mayor", "Nip", "milkman")),
    )
    for chapter in chapters():
        told = re.sub(r'"[^"]*"', '""', chapter)
        for pronoun, gender, others in kinds:
            first = re.search(pronoun, told)
            before = told[: first.start()].lower() if first else ""
            assert not first or any(name.lower() in before for name in (*names(gender), *others)), told[: first.end()]


def test_pronouns_reach_back_over_sentences():
    """Hundreds of sentences begin with a pronoun whose owner was named in an earlier one."""
    assert len(re.findall(r"(?<=[.!?] )(?:He|She) ", text("storybook"))) > 400


def test_the_villagers_and_their_things_come_again_and_again():
    for block in (FOLDER / "tale" / "villagers.table").read_text(encoding="ascii").split("\n\n"):
        name = re.search(r"name: (.+?) /", block)[1]
        like, thing = re.search(r"thing: (.+?) / (.+?) /", block).groups()
        assert sum(name in chapter for chapter in chapters()) > 15
        assert text("storybook").count(f"{like} {thing}") >= 2
        assert text("storybook").count(thing) >= 5


def test_there_is_much_talk_and_nested_description():
    book = text("storybook")
    assert book.count('"') // 2 > 4_000
    assert len(re.findall(r", (?:who|which|where|whose) ", book)) > 500
    assert len(re.findall(r"\b(?:like|as if|as though) ", book)) > 350
    assert not re.search(r"[{}<>|\[\]_]|\.\.|  |\ba [aei]|[.!?] [a-z]|\b(the|and|to|of|in|a|her|his) \1\b", book)
