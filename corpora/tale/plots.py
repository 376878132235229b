"""What happens in a chapter: who is in it, where they go, what stands in the way, and in which order it is told."""

from dataclasses import dataclass

from dice import Dice, words

from tale.teller import Exhausted, Scope, Teller
from tale.world import Place, Someone, people, places

SKILLS = {  # what stands in the way: who can help
    "flood": words("boat swim strong"),
    "dark": words("night light smell notice"),
    "high": words("fly climb knit read"),
    "locked": words("squeeze mend think notice"),
    "buried": words("dig strong steep cook"),
    "mist": words("sing smell light fast"),
    "sign": words("read wise think"),
    "broken": words("mend knit strong dig"),
    "far": words("fast fly boat steep"),
    "grump": words("cook sing kind think"),
    "trail": words("smell notice fly"),
    "storm": words("light cook knit dig"),
}
UNLIKELY = {"snow": {"flood", "mist", "storm", "boat"}, "sun": {"storm", "mist"}, "mist": {"storm"}}
GUEST = {"little": "little", "stranger": "stranger"}  # plots whose fifth one is no villager
HAS_GUEST = words("gift message surprise wild show little stranger")
PLOTS = words("lost gift noise little feast quarrel learn message surprise stranger treasure wild show")
WILD = words("storm buried flood dark")
WEATHERS = {
    "spring": words("sun sun rain wind mist"),
    "summer": words("sun sun rain wind mist"),
    "autumn": words("sun rain wind mist mist"),
    "winter": words("sun snow snow wind rain mist"),
}
CHAPTERS_A_SEASON = 7
LESSONS = (
    ("whistle", "whistling"),
    ("juggle", "juggling"),
    ("dance the polka", "dancing the polka"),
    ("ride a bicycle", "riding a bicycle"),
    ("walk on stilts", "walking on stilts"),
    ("turn cartwheels", "turning cartwheels"),
    ("yodel", "yodelling"),
    ("skate", "skating"),
)
CONTAINERS = ("trunk", "suitcase", "hatbox", "sea chest", "piano stool", "writing desk", "grandfather clock")
DISASTERS = words("storm gale tempest whirlwind hurricane")


class Deck:
    """Something drawn in turn, in an order that is new every round, so that all come equally often."""

    def __init__(self, dice: Dice, items: list[str]) -> None:
        self.dice, self.items, self.left = dice, items, []

    def draw(self) -> str:
        self.left = self.left or self.dice.shuffled(self.items)
        return self.left.pop()


@dataclass
class Chapter:
    """Everything that is settled before the telling begins."""

    plot: str
    obstacle: str
    tags: set[str]
    scope: Scope


class Casting:
    """Makes chapters: villagers and places are dealt from decks."""

    def __init__(self, dice: Dice) -> None:
        self.dice = dice
        self.villagers, self.guests, self.places = people("villagers.table"), people("guests.table"), places()
        self.heroes = Deck(dice, list(self.villagers))
        self.plots = Deck(dice, PLOTS)
        self.obstacles = Deck(dice, list(SKILLS))
        self.weathers = {season: Deck(dice, weathers) for season, weathers in WEATHERS.items()}
        self.lessons = Deck(dice, [str(i) for i in range(len(LESSONS))])

    def someone(self, taken: list[Someone], tags: set[str] | None = None) -> Someone:
        """A villager not taken yet, who has one of the tags if there are any."""
        able = [v for v in self.villagers.values() if v not in taken and (tags is None or tags & v.tags)]
        return self.dice.choice(able)

    def guest(self, tag: str) -> Someone:
        return self.dice.choice([g for g in self.guests.values() if tag in g.tags])

    def chapter(self, number: int) -> Chapter:
        season = words("spring summer autumn winter")[number // CHAPTERS_A_SEASON % 4]
        plot = self.plots.draw()
        weather = self.dice.choice(words("wind rain")) if plot == "wild" else self.weathers[season].draw()
        obstacle, skills = self.obstacle(plot, weather)
        hero = self.villagers[self.heroes.draw()]
        friend = self.someone([hero], {"he" if hero.she else "she"} if self.dice.chance(0.7) else None)
        helper = self.someone([hero, friend], skills)
        guest = self.guest(GUEST[plot]) if plot in GUEST else self.someone([hero, friend, helper])
        where, there, met = self.dice.shuffled(self.places)[:3]
        scope: Scope = {"h": hero, "f": friend, "p": helper, "g": guest, "o": hero.thing, "q": helper.thing}
        scope |= {"w": where, "v": there, "m": met, "season": season, "c": self.someone([hero, friend, helper, guest])}
        lesson = self.lesson(season)
        scope |= {"skill": lesson[0], "skilling": lesson[1]}
        scope |= {"container": self.dice.choice(CONTAINERS), "disaster": self.dice.choice(DISASTERS)}
        return Chapter(plot, obstacle, {season, weather}, scope)

    def obstacle(self, plot: str, weather: str) -> tuple[str, set[str]]:
        """Something that can be in the way in such weather, and the skills that could deal with it."""
        unlikely = set() if plot == "wild" else UNLIKELY.get(weather, set())
        while True:
            name = self.dice.choice(WILD) if plot == "wild" else self.obstacles.draw()
            if name not in unlikely:
                return name, set(SKILLS[name]) - unlikely

    def lesson(self, season: str) -> tuple[str, str]:
        while True:
            lesson = LESSONS[int(self.lessons.draw())]
            if lesson[0] != "skate" or season == "winter":
                return lesson

    def told_by(self, teller: Teller, number: int) -> str:
        """A whole chapter; another one if there is nothing new to be said in it."""
        while True:
            told, chapter = teller.told.copy(), self.chapter(number)
            try:
                return tell(teller, chapter, self.dice, self.guest("grump"))
            except Exhausted:
                teller.told = told


def on_the_way(dice: Dice) -> list[str]:
    """The rules of a journey: a road, and what there is to see, to eat, or to talk of."""
    extras = dice.shuffled(["walk.by", "snack", "doubt", "talk", "interlude"])[: dice.between(1, 3)]
    return ["road", *extras]


def tell(teller: Teller, chapter: Chapter, dice: Dice, grump: Someone) -> str:
    teller.new_chapter(chapter.tags)
    scope, plot, obstacle = chapter.scope, chapter.plot, chapter.obstacle
    if plot == "stranger":
        scope = {**scope, "m": scope["w"]}
    abroad = {**scope, "f": scope["c"], "c": scope["g"]} if plot == "quarrel" else scope  # its friend is not there
    trouble = {**abroad, "g": grump} if obstacle == "grump" else abroad
    title = teller.tell(f"{plot}.title", scope)
    teller.new_chapter(chapter.tags)  # a title names, but tells nothing
    told = [teller.tell(rule, scope) for rule in ["opening", *(["portrait"] if dice.chance(0.65) else [])]]
    told.append(teller.tell(f"{plot}.wish", scope))
    if plot == "quarrel":
        told += [teller.tell("quarrel.plan", scope), teller.tell("meet", abroad)]
    else:
        if plot not in ("surprise", "show"):
            told.append(teller.tell("meet", scope))
        told.append(teller.tell(f"{plot}.plan", scope))
    way = {**abroad, "w": scope["v"]} if plot == "stranger" else abroad  # the stranger is taken on to somewhere else
    told += [teller.tell(rule, way) for rule in on_the_way(dice)]
    told.append(teller.tell(f"bad.{obstacle}", trouble))
    told += [teller.tell("try", trouble)] if dice.chance(0.55) else []
    told += [teller.tell("come", trouble), teller.tell(f"help.{obstacle}", trouble)]
    told.append(teller.tell(f"{plot}.end", scope))
    for rule, chance in (("thanks", 0.6), ("supper", 0.3), ("dusk", 0.7), ("moral", 0.3), ("bed", 0.8)):
        told += [teller.tell(rule, scope)] if dice.chance(chance) else []
    return title + "\n\n" + "\n\n".join(told)


__all__ = ["Casting", "Chapter", "Deck", "Place", "tell"]
