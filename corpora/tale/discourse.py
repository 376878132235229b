"""Who is meant: names, pronouns and by-names chosen so that a reader can always tell.

A pronoun stands for the last one of its gender who was named in the telling, and only while that is fresh; inside
quotes everyone is called by name. The telling is followed as it is made, from left to right.
"""

import re
from dataclasses import dataclass, field, replace

from dice import Dice

from tale.world import Someone

PRONOUNS = {True: ("she", "her", "her", "herself"), False: ("he", "him", "his", "himself")}
LONGEST_CHAIN = 6  # mentions by pronoun before the name is due again


@dataclass
class Discourse:
    """What the reader has in mind at this point of the chapter."""

    dice: Dice
    quoted: bool = False
    sentence: int = 0
    focus: dict[bool, Someone | None] = field(default_factory=dict)
    last: dict[Someone, int] = field(default_factory=dict)  # the sentence in which someone was last meant
    named: dict[str, int] = field(default_factory=dict)  # how often someone has been named
    chain: int = 0

    def copy(self) -> "Discourse":
        return replace(self, focus=dict(self.focus), last=dict(self.last), named=dict(self.named))

    def read(self, text: str) -> None:
        """Follow literal text: quotes open and close, sentences end, paragraphs cool what was fresh."""
        for mark in re.findall(r'"|//|[.!?](?= |"|$)', text):
            if mark == '"':
                self.quoted = not self.quoted
            elif not self.quoted or mark == "//":
                self.sentence += 1
                self.chain = 0 if mark == "//" else self.chain

    def clear(self, who: Someone) -> float:
        """How readily a pronoun would be understood as this one here and now, from 0 to 1."""
        if self.quoted or self.focus.get(who.she) is not who:
            return 0.0
        age = self.sentence - self.last.get(who, -9)
        alone = all(
            self.sentence - at > 4 for rival, at in self.last.items() if rival.she == who.she and rival is not who
        )
        return {0: 1.0, 1: 0.9 if alone else 0.65, 2: 0.6 if alone else 0.0}.get(age, 0.0)

    def mention(self, who: Someone, by_name: bool) -> None:
        if self.quoted:
            if self.focus.get(who.she) is not who:
                self.focus[who.she] = None
            return
        self.focus[who.she] = who
        self.last[who] = self.sentence
        self.chain = 0 if by_name else self.chain + 1
        self.named[who.name] = self.named.get(who.name, 0) + by_name

    def refer(self, who: Someone, form: str) -> str:
        """The words for someone: form "" as subject, "him" as object, "his" as owner, "self"; "name" and "he" insist.

        "he", "them" and "own" are pronouns whatever the reader knows, for templates that name the person themselves.
        """
        subject, thing, owner, self_ = PRONOUNS[who.she]
        insisted = {"he": subject, "them": thing, "own": owner, "self": self_}
        if form in insisted:
            if self.focus.get(who.she) is who and not self.quoted:
                self.last[who] = self.sentence
            return insisted[form]
        clear = self.clear(who)
        tired = self.chain >= LONGEST_CHAIN and clear < 1
        pronoun = form not in ("name", "names") and not tired and self.dice.chance(clear)
        name = who.name
        if (
            not pronoun
            and not self.quoted
            and form != "name"
            and self.named.get(name, 0) > 1
            and self.dice.chance(0.13)
        ):
            epithets = who.facts.get("epithet", [name])
            name = self.dice.choice(epithets)
        self.mention(who, by_name=not pronoun)
        if form in ("his", "names"):
            return owner if pronoun else f"{name}'s"
        if not pronoun:
            return name
        return thing if form == "him" else subject
