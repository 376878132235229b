"""Sentences as they sound: phonemes, a comma after each word, a full stop after each sentence, a sentence a line.

    dh uh, s m or l, k a t, i z, o n, dh uh, b e d.        (The small cat is on the bed.)

The notation is our own and plain ASCII; KEY below says how each sign sounds. Words are looked up in a small lexicon
and change with their neighbours as in quick southern English: the and a before a vowel, the three sounds of a plural
and of a past ending, a silent r that is heard when a vowel follows.
"""

from dice import Dice, words
from writing import save

COUNT = 1700
KEY = (
    "p b t d k g f v th(in) dh(en) s z sh ch j m n ng l r w y h "
    "a(cat) e(bed) i(sit) o(hot) u(cup) oo(book) uu(moon) ee(see) ar(car) or(door) er(bird) "
    "ay(day) ie(my) oy(boy) ow(cow) oh(go) air(bear) ear(near) uh(ago)"
)
VOWELS = set(words("a e i o u oo uu ee ar or er ay ie oy ow oh air ear uh"))
HISSING, VOICELESS = {"s", "z", "sh", "ch", "j"}, {"p", "t", "k", "f", "th", "s", "sh", "ch"}


def lexicon(text: str) -> list[str]:
    """Words from 'spelling=p h o n e m e s' items; only the sounds are kept. (r) is heard before a vowel."""
    return [item.split("=")[1].strip() for item in text.split(";")]


PEOPLE = lexicon(
    "boy=b oy; girl=g er l; farmer=f ar m uh (r); baker=b ay k uh (r); sailor=s ay l uh (r); child=ch ie l d;"
    "teacher=t ee ch uh (r); king=k i ng; queen=k w ee n; doctor=d o k t uh (r); singer=s i ng uh (r); nurse=n er s"
)
ANIMALS = lexicon(
    "cat=k a t; dog=d o g; bird=b er d; horse=h or s; mouse=m ow s; fox=f o k s; bear=b air (r); owl=ow l; hen=h e n;"
    "goat=g oh t; duck=d u k; ant=a n t; bee=b ee; frog=f r o g; elephant=e l uh f uh n t; snail=s n ay l"
)
THINGS = lexicon(
    "hat=h a t; cup=k u p; book=b oo k; ball=b or l; apple=a p uh l; egg=e g; cake=k ay k; key=k ee; bell=b e l;"
    "drum=d r u m; spoon=s p uu n; coat=k oh t; letter=l e t uh (r); orange=o r i n j; box=b o k s; clock=k l o k;"
    "lamp=l a m p; brush=b r u sh; kite=k ie t; bucket=b u k i t; umbrella=u m b r e l uh; watch=w o ch"
)
PLACES = lexicon(
    "bed=b e d; garden=g ar d uh n; house=h ow s; hill=h i l; bridge=b r i j; school=s k uu l; table=t ay b uh l;"
    "river=r i v uh (r); road=r oh d; boat=b oh t; door=d or (r); tree=t r ee; moon=m uu n; shop=sh o p; wall=w or l;"
    "island=ie l uh n d; oven=u v uh n; chair=ch air (r); field=f ee l d"
)
LIKE = lexicon(
    "small=s m or l; big=b i g; old=oh l d; young=y u ng; red=r e d; blue=b l uu; green=g r ee n; brown=b r ow n;"
    "happy=h a p ee; quiet=k w ie uh t; clever=k l e v uh (r); good=g oo d; angry=a ng g r ee; ugly=u g l ee;"
    "new=n y uu; hungry=h u ng g r ee; fair=f air (r); wet=w e t; warm=w or m; empty=e m p t ee; white=w ie t"
)
REGULAR = lexicon(  # their past ends in t, d or i d, as the rule has it
    "paint=p ay n t; carry=k a r ee; wash=w o sh; want=w o n t; like=l ie k; kick=k i k; open=oh p uh n; push=p oo sh;"
    "love=l u v; mend=m e n d; watch=w o ch; follow=f o l oh; call=k or l; need=n ee d; miss=m i s; touch=t u ch"
)
IRREGULAR = lexicon(  # base/past
    "see=s ee/s or (r); find=f ie n d/f ow n d; take=t ay k/t oo k; leave=l ee v/l e f t; hear=h ear (r)/h er d;"
    "hold=h oh l d/h e l d; bring=b r i ng/b r or t; eat=ee t/e t; draw=d r or/d r uu; catch=k a ch/k or t;"
    "buy=b ie/b or t"
)
WHERE = lexicon("on=o n; in=i n; under=u n d uh (r); near=n ear (r); behind=b i h ie n d; over=oh v uh (r); by=b ie")
WHEN = lexicon(
    "today=t uh d ay; yesterday=y e s t uh d ay; at night=uh t, n ie t; in the morning=i n, dh uh, m or n i ng;"
    "again=uh g e n; after tea=ar f t uh, t ee; all day=or l, d ay; once=w u n s"
)
NUMBERS = lexicon("two=t uu; three=th r ee; four=f or (r); five=f ie v; six=s i k s; seven=s e v uh n; eight=ay t")
OWNERS = lexicon("my=m ie; your=y or (r); his=h i z; her=h er (r); our=ow uh (r); their=dh air (r)")


def last_sound(word: str) -> str:
    return word.removesuffix(" (r)").split()[-1]


def plural(word: str) -> str:
    """Cats, dogs, horses: s, z or i z by the sound before it; and two that go their own way."""
    if word in {"m ow s", "ch ie l d"}:
        return "m ie s" if word == "m ow s" else "ch i l d r uh n"
    sound = last_sound(word)
    ending = "i z" if sound in HISSING else "s" if sound in VOICELESS else "z"
    return f"{word.removesuffix(' (r)')} {ending}"


def past(word: str) -> str:
    """Washed, opened, painted: t, d or i d by the sound before it."""
    if "/" in word:
        return word.split("/")[1]
    sound = last_sound(word)
    ending = "i d" if sound in {"t", "d"} else "t" if sound in VOICELESS else "d"
    return f"{word} {ending}"


def base(word: str) -> str:
    return word.split("/", maxsplit=1)[0]


def noun_phrase(dice: Dice, nouns: list[str]) -> list[str]:
    noun = dice.choice(nouns)
    like = [dice.choice(LIKE)] if dice.chance(0.45) else []
    form = dice.random()
    if form < 0.5:
        return ["THE", *like, noun]
    if form < 0.72:
        return ["A", *like, noun]
    if form < 0.86:
        return [dice.choice(OWNERS), *like, noun]
    return [dice.choice(NUMBERS), *like, plural(noun)]


def place(dice: Dice) -> list[str]:
    return [dice.choice(WHERE), "THE", *([dice.choice(LIKE)] if dice.chance(0.25) else []), dice.choice(PLACES)]


def sentence(dice: Dice) -> list[str]:
    who = noun_phrase(dice, PEOPLE + ANIMALS)
    what = noun_phrase(dice, THINGS + ANIMALS)
    verb = dice.choice(REGULAR + IRREGULAR)
    where = place(dice) if dice.chance(0.4) else []
    when = [dice.choice(WHEN)] if dice.chance(0.3) else []
    form = dice.random()
    if form < 0.55:
        return [*who, past(verb), *what, *where, *when]
    if form < 0.68:
        return ["d i d", *who, base(verb), *what, *when]
    if form < 0.8:
        return ["w air (r)", "d i d", *who, base(verb), *what]
    if form < 0.9:
        return ["THE", dice.choice(ANIMALS + THINGS), "w o z", *place(dice), *when]
    return [*who, past(verb), *what, "a n d", past(dice.choice(REGULAR + IRREGULAR)), *noun_phrase(dice, THINGS)]


def spoken(words: list[str]) -> str:
    """The words as they are said one after another: each may hear the beginning of the next."""
    sounds = []
    for word, after in zip(words, [*words[1:], "p"], strict=True):
        before_vowel = after == "A" or after.split()[0] in VOWELS
        if word == "THE":
            sounds.append("dh ee" if before_vowel else "dh uh")
        elif word == "A":
            sounds.append("uh n" if before_vowel else "uh")
        elif word.endswith(" (r)"):
            sounds.append(word.removesuffix(" (r)") + (" r" if before_vowel else ""))
        else:
            sounds.append(word)
    return ", ".join(sounds) + "."


def make() -> str:
    dice, found = Dice(15), {}
    while len(found) < COUNT:
        found[spoken(sentence(dice))] = None
    return "\n".join(found) + "\n"


if __name__ == "__main__":
    save("speech", make())
