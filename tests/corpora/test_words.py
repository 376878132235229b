"""The children's book, the dinners, the weather, the names, speech, counting and Reber strings keep their own laws."""

import re
from collections import Counter
from itertools import pairwise

from tests.corpora.shipped import text

VOWELS = set(re.findall(r"\w+", "a e i o u oo uu ee ar or er ay ie oy ow oh air ear uh"))
CONSONANTS = set(re.findall(r"\w+", "p b t d k g f v th dh s z sh zh ch j m n ng l r w y h"))


def test_the_childrens_book_is_six_sentences_equally_often_in_any_order():
    book = text("childrens-book")
    assert "\n" not in book
    sentences = re.findall(r"\w+ saw \w+\.", book)
    assert " ".join(sentences) == book
    assert len(sentences) == 2000
    counts = Counter(sentences)
    names = ("Doug", "Jane", "Spot")
    assert set(counts) == {f"{a} saw {b}." for a in names for b in names if a != b}
    assert set(counts.values()) == {333, 334}
    assert set(Counter(pairwise(sentences)).values()) == {55, 56}


def test_what_comes_for_dinner_depends_on_yesterday_and_on_nothing_else():
    dinners = ("pizza", "sushi", "waffles")
    days = re.findall(r"On (\w+) (I was away|(?:([^.]+?) and )?we had (\w+))\.", text("dinners"))
    assert " ".join(f"On {day} {what}." for day, what, _, _ in days) == " ".join(text("dinners").split())
    week = [day for day, *_ in days[:7]]
    assert len(set(week)) == 7
    assert all(day == week[i % 7] for i, (day, *_) in enumerate(days))
    told = [(i, dinner) for i, (_, _, _, dinner) in enumerate(days) if dinner]
    assert all(dinner == dinners[i % 3] for i, dinner in told)
    after_absence = sum(1 for (i, _), (j, _) in pairwise(told) if j - i > 1)
    assert after_absence > 40
    news = Counter((what, dinner) for _, _, what, dinner in days if what)
    for what in {what for what, _ in news}:
        assert all(news[what, dinner] > 5 for dinner in dinners)


def test_the_weather_has_the_lectures_form_and_hangs_together():
    form = (
        r"High is (-?\d+) F\. Low is (-?\d+) F\. Wind is (\d+) mph\. (\d?\.\d\d) inches of rain\. "
        r"Relative humidity is (\d+)%\."
    )
    lines = text("weather").splitlines()
    days = [tuple(map(float, re.fullmatch(form, line).groups())) for line in lines]
    assert len(days) == 1096
    assert all(low < high and wind >= 0 and 20 <= humidity <= 98 for high, low, wind, _, humidity in days)
    wet, dry = [d for d in days if d[3] > 0], [d for d in days if d[3] == 0]
    assert 0.15 < len(wet) / len(days) < 0.5
    assert all(humidity >= 70 for *_, humidity in wet)

    def mean(rows, of):
        return sum(of(r) for r in rows) / len(rows)

    assert mean(wet, lambda d: d[0] - d[1]) < mean(dry, lambda d: d[0] - d[1]) - 4
    assert mean(wet, lambda d: d[2]) > mean(dry, lambda d: d[2]) + 4
    assert mean(days[170:230], lambda d: d[0]) > mean(days[:60], lambda d: d[0]) + 25
    assert mean(list(pairwise(days)), lambda two: abs(two[0][0] - two[1][0])) < 8


def test_the_names_are_many_shuffled_and_of_one_sound_system():
    names = text("names").splitlines()
    assert len(names) == len(set(names)) >= 3000
    assert names != sorted(names)
    assert sum(a < b for a, b in pairwise(names)) / len(names) < 0.55
    for name in names:
        assert re.fullmatch(r"[A-Z][a-z]{3,8}", name)
        vowels = set(name.lower()) & set("aeou")
        assert vowels <= {"e"} or vowels <= set("aou"), f"{name} mixes bright and dark"
        assert re.search(r"([aeiou]|[lnrs]|th)$", name)
        assert not re.search(r"[^aeiou]{4}|[aeiou]{3}", name.lower().replace("th", "t").replace("st", "t"))


def test_speech_is_sounds_with_the_ones_before_a_vowel_as_they_must_be():
    lines = text("speech").splitlines()
    assert len(lines) == len(set(lines)) == 1700
    used = set()
    for line in lines:
        assert line.endswith(".")
        words = [word.split() for word in line[:-1].split(", ")]
        used |= {sound for word in words for sound in word}
        for word, after in pairwise(words):
            if word in (["dh", "uh"], ["dh", "ee"]):
                assert (word[1] == "ee") == (after[0] in VOWELS)
            if word in (["uh"], ["uh", "n"]):
                assert (word == ["uh", "n"]) == (after[0] in VOWELS)
    assert used <= VOWELS | CONSONANTS
    assert len(used) >= 38


def test_counting_is_as_many_b_as_a_from_one_to_ten_equally_often():
    lines = text("counting").splitlines()
    numbers = Counter(line.count("a") for line in lines)
    assert all(line == "a" * (len(line) // 2) + "b" * (len(line) // 2) for line in lines)
    assert numbers == dict.fromkeys(range(1, 11), 300)
    assert lines != sorted(lines)


def test_reber_strings_repeat_their_second_letter_and_say_nothing_of_it_between():
    lines = text("reber").splitlines()
    inner = r"(?:TS*X(?:XT*V(?:PXT*V)*(?:V|PS)|S)|PT*V(?:PXT*V)*(?:V|PS))"
    assert len(lines) == 3000
    assert all(re.fullmatch(rf"B([TP])B{inner}E\1E", line) for line in lines)
    second = Counter(line[1] for line in lines)
    assert abs(second["T"] - 1500) < 120
    for letters, number in Counter(line[3:-3] for line in lines).most_common(4):
        with_t = sum(line[1] == "T" for line in lines if line[3:-3] == letters)
        assert abs(with_t / number - 0.5) < 0.12
