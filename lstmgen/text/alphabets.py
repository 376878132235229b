"""Which characters are common in which language, for telling encodings apart: small tables of our own."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Alphabet:
    """Characters beyond ASCII: those that make up most of a text, and the rest that may come."""

    common: frozenset[str]
    rest: frozenset[str]


def _span(first: int, last: int) -> str:
    return "".join(map(chr, range(first, last + 1)))


def _of(common: str, rest: str = "") -> Alphabet:
    """Capitals are rarer than their small letters."""
    return Alphabet(frozenset(common), frozenset(rest + common.upper() + rest.upper()) - frozenset(common))


_SIMPLIFIED = (
    "的一是不了在人有我他这个们中来上大为和国地到以说时要就出会可也你对生能而子那得于着下自之年过发后作里用道行"
    "所然家种事成方多经么去法学如都同现当没动面起看定天分还进好小部其些主样理心她本前开但因只从想实日军者意无"
    "力它与长把机十民第公此已工使情明性知全三又关点正业外将两高间由问很最重并物手应战向头文体政美相见被利什二"
    "等产或新己制身果加西斯月话合回特代内信表化老给世位次度门任常先海通教儿原东声提立及比员解水名真论处走义各"
)
_TRADITIONAL = (
    "的一是不了在人有我他這個們中來上大為和國地到以說時要就出會可也你對生能而子那得於著下自之年過發後作裡用道行"
    "所然家種事成方多經麼去法學如都同現當沒動面起看定天分還進好小部其些主樣理心她本前開但因只從想實日軍者意無"
    "力它與長把機十民第公此已工使情明性知全三又關點正業外將兩高間由問很最重並物手應戰向頭文體政美相見被利什二"
    "等產或新己製身果加西斯月話合回特代內信表化老給世位次度門任常先海通教兒原東聲提立及比員解水名真論處走義各"
)
_JAPANESE = (
    "日一国人年大十二本中長出三時行見月分後前生五間上東四今金九入学高円子外八六下来気小七山話女北午百書先名川千水"
    "半男西電校語土木聞食車何南万毎白天母火右読友左休父雨会同事自社発者地業方新場員立開手力問代明動京目通言理体田"
    "主題意不作用度強公持野以思家世多正安院心界教文元重近考画海売知道集別物使品計死特私始朝運終台広住真有口少町"
)
_KOREAN = (
    "이다는에의가을하고지로사기한리도아어나은인들를그자서시대전수있정것부해원일제상라년보만여장구스게오면선주적공과"
    "으동생미성조신회세발국관비경학문명진방소유연우모심안당행용무화계중물실거니려했습없말요위내때며까더던음할든간"
)
_KANA = _span(0x3041, 0x3096) + _span(0x30A1, 0x30FA) + "ー々"
_HAN, _HANGUL = _span(0x4E00, 0x9FFF), _span(0xAC00, 0xD7A3)

ALPHABETS = (
    _of("éèàçêùôîûâœëï", "æüÿñ"),  # French
    _of("äöüß", "é"),  # German
    _of("áéíóúñü", "¿¡ç"),  # Spanish, Catalan
    _of("ãçáéíóõêâúà", "ôü"),  # Portuguese
    _of("àèéìòù", "î"),  # Italian
    _of("åäöæøé", "ü"),  # Danish, Norwegian, Swedish, Finnish
    _of("ðþáéíóúýæö"),  # Icelandic
    _of("ëéïèöüê", "áíó"),  # Dutch
    _of("ąćęłńóśźż"),  # Polish
    _of("áčďéěíňóřšťúůýž", "äľĺŕô"),  # Czech, Slovak
    _of("áéíóöőúüű"),  # Hungarian
    _of("ăâîșțşţ"),  # Romanian
    _of("čćđšž"),  # Croatian, Slovenian
    _of("ığşçöü", "İâîû"),  # Turkish
    _of("āēīūčšžģķļņąėęįųõäöü"),  # Baltic languages
    _of("оеаинтсрвлкмдпуяыьгзбч", "йхжшюцщэфъёіїєґўђјљњћџѓќѕ"),  # Cyrillic
    _of("αοιετσνηυρπκμλςωάίόέήύώ", "δγχθφβξζψϊϋΐΰ"),  # Greek
    _of("יוהלאתרבמשנםעדחק", "פגטכצסזןךףץ" + _span(0x05B0, 0x05C2)),  # Hebrew
    _of("اليمونترسبدهعكف", "قحةجذىأإشطصآءؤئضخثزظغپچژگکی" + _span(0x064B, 0x0652) + "،؛؟"),  # Arabic, Persian
    _of("านรอกเงมยลวดทสตะปบคหแจใไโพชข่้ีัิ็์ุู", "ำึื๊๋ๆฐธฉภณซญถผฝฟศษฮฬ"),  # Thai
    _of(_SIMPLIFIED, _HAN),
    _of(_TRADITIONAL, _HAN),
    _of(_KANA + _JAPANESE, _HAN),
    _of(_KOREAN, _HANGUL),
)
PUNCTUATION = frozenset("“”‘’„‚«»‹›–—…•·°§©®™€£¥×½¼¾²³\xa0ªº\u3000、。，！？：；「」『』（）《》〈〉【】・～")
