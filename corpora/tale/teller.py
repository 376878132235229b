"""The teller: makes text of rules, and remembers what was told so that it need not be told again."""

import re
from collections import Counter
from collections.abc import Container

from dice import Dice

from tale.discourse import Discourse
from tale.grammar import Alternative, Call, Choice, Node, Slot
from tale.world import Place, Someone, Thing

Scope = dict[str, object]
SPEAKER = "\x01"  # stands on both sides of a speaker's name, behind the quotation, until the text is tidied
TRIES = 60
PATIENCE = 4  # tries with one alternative
MOST = 3  # times a sentence may stand in the book
SPECIAL = ("", "him", "his", "self", "name", "names", "he", "them", "own")
SOUNDED_LIKE_A_CONSONANT = ("one", "once", "uni", "use", "usual", "euro")


class Exhausted(Exception):
    """The grammar has nothing new to say here."""


def sentences(text: str) -> list[str]:
    """The sentences of some paragraphs, those inside quotes too; "said she" behind a question is none of its own."""
    return [s for s in re.split(r"""(?<=[.!?])"?\s+"?|\n+"?|^"|"$""", text) if s[:1].isupper()]


def turns(paragraph: str) -> str:
    """The paragraph parted with // wherever somebody else begins to speak; SPEAKER marks are taken out."""
    parts, speaker = [""], ""
    for segment in re.split(r'(?<=[.!?"] )(?="[^"]*"[^"]*' + SPEAKER + ")", paragraph):
        now = re.search(SPEAKER + f"(.*?){SPEAKER}", segment)
        if parts[-1] and speaker and now and now[1] != speaker:
            parts.append("")
        speaker = now[1] if now else speaker
        parts[-1] += segment
    return " // ".join(re.sub(SPEAKER + f".*?{SPEAKER}", "", part) for part in parts)


def tidy(text: str) -> str:
    """Paragraphs with capitals after full stops, an before vowels, and single spaces."""
    text = " // ".join(turns(paragraph) for paragraph in text.split("//"))
    text = re.sub(r" +", " ", text).strip()
    text = text.replace('" "', '" // "')
    text = re.sub(r"(^|[.!?] |// )([\"]?)([a-z])", lambda m: m[1] + m[2] + m[3].upper(), text)
    text = re.sub(r"(?<!\ban )\b([Aa]) (?=[aeiouAEIOU])(?!" + "|".join(SOUNDED_LIKE_A_CONSONANT) + ")", r"\1n ", text)
    text = re.sub(r" ([.,;!?])", r"\1", text)
    text = re.sub(r"\bthe (a|an|the) ", "the ", text)
    return re.sub(r" ?~ ?", "\n", re.sub(r" ?// ?", "\n\n", text))


def headline(text: str) -> str:
    """Capitals as in a title."""
    small = {"a", "an", "and", "at", "for", "in", "of", "on", "the", "to", "up", "out", "down", "beside", "along"}
    return " ".join(w if w in small else w[:1].upper() + w[1:] for w in text.split(" "))


class Teller:
    """Tells rules with the people, places and things of a scope."""

    def __init__(self, rules: dict[str, list[Alternative]], dice: Dice) -> None:
        self.rules, self.dice = rules, dice
        self.discourse = Discourse(dice)
        self.told: Counter[str] = Counter()  # whole sentences
        self.facts: Counter[str] = Counter()  # words from the tables
        self.latest: list[str] = []  # of these
        self.kept: dict[str, str] = {}  # words chosen in this telling under a name
        self.tags: set[str] = set()

    def new_chapter(self, tags: set[str]) -> None:
        self.discourse, self.tags = Discourse(self.dice), tags

    def tell(self, rule: str, scope: Scope) -> str:
        """A paragraph or more of a rule, of sentences not told too often; told again until it is so."""
        before = self.discourse
        failed: Counter[int] = Counter()
        for attempt in range(TRIES):
            self.discourse = before.copy()
            self.discourse.read("//")
            self.kept = {}
            stale = {key for key, times in failed.items() if times >= PATIENCE}
            alternative = self.pick(rule, scope, stale)
            text = tidy(self.expand(alternative, scope))
            told = Counter(sentences(text))
            limit = MOST - 1 if attempt < TRIES // 2 else MOST
            if all(self.told[s] + n <= limit for s, n in told.items()):
                self.told += told
                return text
            alternative.told -= 1
            failed[id(alternative)] += 1
        raise Exhausted(rule)

    def pick(self, rule: str, scope: Scope, stale: Container[int] = ()) -> Alternative:
        """An alternative whose conditions hold, rather one that was seldom told; a stale one only if all are."""
        able = [a for a in self.rules[rule] if all(self.holds(c, scope) for c in a.conditions)]
        able = [a for a in able if id(a) not in stale] or able
        if not able:
            raise Exhausted(f"{rule}: no alternative fits")
        least = min(a.told for a in able)
        chosen = self.dice.weighted(able, [1 / (1 + a.told - least) ** 3 for a in able])
        chosen.told += 1
        return chosen

    def holds(self, condition: str, scope: Scope) -> bool:
        """Whether a tag is set: of the chapter, or (key:tag) of someone or something in the scope."""
        if condition.startswith("!"):
            return not self.holds(condition[1:], scope)
        key, _, tag = condition.rpartition(":")
        if not key:
            return tag in self.tags
        return tag in getattr(scope.get(key), "tags", ())

    def expand(self, alternative: Alternative, scope: Scope) -> str:
        return "".join(self.words(node, scope) for node in alternative.nodes)

    def words(self, node: Node, scope: Scope) -> str:
        if isinstance(node, str):
            self.discourse.read(node)
            return node
        if isinstance(node, Choice):
            text = "".join(self.words(n, scope) for n in self.dice.choice(node.ways))
            self.kept[node.name] = text
            return text
        text = self.slot(node, scope) if isinstance(node, Slot) else self.call(node, scope)
        return text[:1].upper() + text[1:] if node.capital else text

    def call(self, call: Call, scope: Scope) -> str:
        inner = {**scope, **{new: scope[old] for new, old in call.names}}
        return self.expand(self.pick(call.rule, inner), inner)

    def slot(self, slot: Slot, scope: Scope) -> str:
        form, capitals = slot.form.removesuffix("cap").removesuffix("."), slot.form.endswith("cap")
        text = self.form_of(scope[slot.key] if slot.key in scope else self.kept[slot.key], form)
        return headline(text) if capitals else text

    def form_of(self, value: object, form: str) -> str:
        """Someone, a place, a thing or plain words in the form that a slot asks for."""
        if isinstance(value, Someone):
            return self.someone(value, form)
        if isinstance(value, Thing):
            whole = f"{value.like} {value.name}"
            forms = {"": f"the {value.name}", "bare": value.name, "whole": whole, "a": f"a {whole}"}
            return (forms | {"the": f"the {whole}", "tail": value.tail})[form]
        if isinstance(value, Place):
            plain = {"": value.name, "at": value.at, "to": value.to}
            return plain[form] if form in plain else self.fact(value.facts[form])
        return str(value)

    def someone(self, who: Someone, form: str) -> str:
        """A name, a pronoun, or something about them; "v:said" is the verb and its subject after a quotation."""
        if form.startswith("v:"):
            subject, verb = self.discourse.refer(who, ""), form[2:]
            said = f"{subject} {verb}" if subject in ("he", "she") else f"{verb} {subject}"
            return f"{said}{SPEAKER}{who.name}{SPEAKER}"
        if form in SPECIAL:
            return self.discourse.refer(who, form)
        if form == "kind":
            return who.kind
        plain = form.endswith(".plain")
        fact = self.fact(who.facts["adj" if form == "adj2" else form.removesuffix(".plain")])
        return fact.split(",", maxsplit=1)[0] if plain else fact

    def fact(self, facts: list[str]) -> str:
        """One of some strings from the tables, not the last one told and rather one seldom told."""
        able = [f for f in facts if not f.startswith("(") or self.holds(f[1 : f.index(")")], {})]
        others = [f for f in able if f not in self.latest] or able
        least = min(self.facts[f] for f in others)
        chosen = self.dice.weighted(others, [1 / (1 + self.facts[f] - least) ** 3 for f in others])
        self.facts[chosen] += 1
        self.latest = [*self.latest[-6:], chosen]
        return chosen.partition(") ")[2] if chosen.startswith("(") else chosen
