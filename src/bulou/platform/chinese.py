"""Chinese order and search: pinyin keys, initials, and grams of names of people, places and units.

The embedded server has neither ICU nor pg_trgm, so order and search live in columns of our own, filled from
here. A key is lower-case pinyin without tones, a space between syllables ("zhang wei"): the space sorts before
every letter, so that order goes syllable by syllable. ü is written v, as keyboards do. Other scripts keep their
letters (Tibetan, Mongolian), Latin loses case and accents. It is not a dictionary: one reading to a name, the
likeliest; what was typed is matched by `key_prefixes`.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache
from typing import Any

from pypinyin import Style, lazy_pinyin, load_single_dict
from pypinyin.constants import PINYIN_DICT

KEY_LENGTH = 200
INITIALS_LENGTH = 40


def _table(text: str) -> dict[str, str]:
    """Readings as written below, "单于:chan.yu" and so on."""
    pairs = (item.split(":") for item in text.split())
    return {chars: reading.replace(".", " ") for chars, reading in pairs}


# Readings a character has as a family name, where the dictionary's first reading is another (GB/T 28039 and usage).
_SURNAMES = _table(
    """
    单:shan 曾:zeng 解:xie 仇:qiu 查:zha 朴:piao 区:ou 任:ren 盖:ge 尉:wei 翟:zhai 乐:yue 覃:qin 召:shao
    种:chong 重:chong 折:she 洗:xian 冼:xian 纪:ji 华:hua 燕:yan 哈:ha 员:yun 贠:yun 缪:miao 秘:bi 繁:po
    晟:cheng 黑:he 祭:zhai 逄:pang 牟:mu 逯:lu 葛:ge 柏:bai 薄:bo 卜:bu 车:che 谌:chen 隗:wei 眭:sui 郇:xun
    乜:nie 宓:mi 幺:yao 令:ling 那:na 佴:nai 宁:ning 甯:ning 钭:tou 相:xiang 俞:yu 臧:zang 藏:zang 訾:zi 瞿:qu
    阚:kan 於:yu 应:ying 干:gan 曲:qu 石:shi 沈:shen 殷:yin 尹:yin 邵:shao 郗:xi 适:kuo 教:jiao 过:guo 行:xing
    都:du 台:tai 弹:tan 长:chang 叶:ye 句:gou 鲜:xian 万俟:mo.qi 尉迟:yu.chi 长孙:zhang.sun 单于:chan.yu
    澹台:tan.tai 令狐:ling.hu 宿:su 褚:chu 郝:hao 卒:zu 不:fou 佟:tong 仉:zhang 厍:she 撒:sa
    """
)

# Names of Tibetans, Mongols and others that begin with such a character but are no family name.
_GIVEN = _table(
    """
    单增:dan.zeng 单珠:dan.zhu 单巴:dan.ba 单珍:dan.zhen 单曲:dan.qu 单木:dan.mu 查干:cha.gan 查苏:cha.su
    查娜:cha.na 朴布:pu.bu 乐登:le.deng 都兰:du.lan 召那:zhao.na 长青:chang.qing 长寿:chang.shou 盖山:gai.shan
    重阳:chong.yang
    """
)

# Characters whose first dictionary reading is rare in names.
_USUAL = _table(
    """
    乐:le 长:chang 尕:ga 卜:bu 祇:qi 艺:yi 壳:ke 嘎:ga 堡:bao 邨:cun
    """
)

# In names of places 长 is seldom zhǎng (长清区, 长埫村).
load_single_dict({ord("长"): "cháng,zhǎng", ord("尕"): "gǎ", ord("嘎"): "gā"})

_DOTS = "·•・‧∙⋅･.．·"
_SKIPPED = re.compile(rf"[\s{re.escape(_DOTS)}'’`´_()（）\-]+")


@lru_cache(maxsize=20_000)
def sort_key(name: str) -> str:
    """The pinyin key of a person's name, at most 200 characters; family names as such ("单伟" → "shan wei").

    Tibetan and Mongolian single names have no family name ("查干巴拉" → "cha gan ba la"); a middle dot parts words.
    """
    text = _plain(name)
    for length in (2, 1):
        start = text[:length]
        special = (_GIVEN.get(start) if length == 2 else None) or _SURNAMES.get(start)
        if special is not None and len(start) == length:
            return _join([special, *_syllables(text[length:])])
    return _join(_syllables(text))


def initials(name: str) -> str:
    """First letters of the syllables of a person's name ("张伟" → "zw"), at most 40; Tibetan script gives none."""
    return _initials(sort_key(name))


@lru_cache(maxsize=20_000)
def phrase_key(text: str) -> str:
    """The pinyin key of a place's or unit's name, read as words ("长清" → "chang qing", "重庆路" → "chong qing lu")."""
    return _join(_words(_plain(text)))


def phrase_initials(text: str) -> str:
    """First letters of the syllables of a place's or unit's name ("宁阳县" → "nyx")."""
    return _initials(phrase_key(text))


def grams(text: str) -> list[str]:
    """Every single character and every pair of neighbours in a name, once each, without dots and spaces, lower case."""
    letters = _letters(text)
    return list(dict.fromkeys([*letters, *(letters[i : i + 2] for i in range(len(letters) - 1))]))


def needle(text: str) -> list[str]:
    """The grams a name must hold to contain `text`: its pairs, or the single character. Necessary, not sufficient."""
    letters = _letters(text)
    return list(dict.fromkeys(letters[i : i + 2] for i in range(len(letters) - 1))) or list(letters)


def is_pinyin(text: str) -> bool:
    """Whether what was typed can only be pinyin or initials: Latin letters, spaces and apostrophes."""
    return bool(re.fullmatch(r"[A-Za-züÜ' ’]*[A-Za-züÜ][A-Za-züÜ' ’]*", text.strip()))


def key_prefixes(typed: str, most: int = 8) -> list[str]:
    """The starts of keys that typed pinyin may mean, likeliest first ("xian": "xian", "xi an"), `most` + 1 at most.

    Spaces and apostrophes stay borders of syllables. The letters as typed come last, for names written in Latin.
    """
    text = typed.strip().lower().replace("ü", "v").replace("lyu", "lv").replace("nyu", "nv")
    parts = [part for part in re.split(r"[\s'’]+", text) if part]
    found = [""]
    for number, part in enumerate(parts):
        ways = _cuts(part, is_last=number == len(parts) - 1) or [part]
        found = [f"{head} {way}".strip() for head in found for way in ways][:most]
    return list(dict.fromkeys([*found, " ".join(parts)])) if parts else []


def _plain(text: str) -> str:
    return _SKIPPED.sub(" ", unicodedata.normalize("NFKC", text)).strip().lower()


def _letters(text: str) -> str:
    return _SKIPPED.sub("", _unaccented(unicodedata.normalize("NFKC", text))).lower()


def _join(syllables: list[str]) -> str:
    return " ".join(syllables)[:KEY_LENGTH].rstrip()


def _initials(key: str) -> str:
    return "".join(word[0] for word in key.split() if word[0].isascii())[:INITIALS_LENGTH]


def _syllables(text: str) -> list[str]:
    """Syllables of Chinese characters one by one; a run of other letters stays one word."""
    found: list[str] = []
    run = ""
    for char in text:
        syllable = _read(char)
        if syllable is None:
            run += char
            continue
        found += run.split()
        run = ""
        found.append(syllable)
    return found + _unaccented(run).split()


@lru_cache(maxsize=30_000)
def _read(char: str) -> str | None:
    """The likeliest reading of one character without its tone; None if it is not a Chinese character."""
    if char in _USUAL:
        return _USUAL[char]
    readings = PINYIN_DICT.get(ord(char))
    return _toneless(readings.split(",")[0]) if readings else None


def _as_read(unread: str) -> Any:
    """What the library cannot read, character by character (it takes a list, though its types say otherwise)."""
    return list(unread)


def _words(text: str) -> list[str]:
    found: list[str] = []
    for part in re.findall(r"[㐀-鿿豈-\ufaff\U00020000-\U000323af〇]+|[^㐀-鿿豈-\ufaff\U00020000-\U000323af〇]+", text):
        if _read(part[0]) is None:
            found += _unaccented(part).split()
        else:
            found += lazy_pinyin(part, style=Style.NORMAL, v_to_u=False, errors=_as_read)
    return found


def _toneless(syllable: str) -> str:
    marked = unicodedata.normalize("NFD", syllable.replace("ü", "v").replace("ɡ", "g"))
    return "".join(char for char in marked.replace("u\u0308", "v") if not unicodedata.combining(char))


def _unaccented(text: str) -> str:
    """Latin without accents; other scripts untouched, as their marks are letters (Tibetan vowels)."""
    if text.isascii():
        return text
    marked = unicodedata.normalize("NFD", text)
    return unicodedata.normalize("NFC", "".join(char for char in marked if not "\u0300" <= char <= "\u036f"))


@cache
def _all_syllables() -> frozenset[str]:
    common = (_toneless(readings.split(",")[0]) for point, readings in PINYIN_DICT.items() if 0x4E00 <= point <= 0x9FA5)
    return frozenset(word for word in common if word.isascii() and word.isalpha() and set(word) & set("aeiouv"))


@cache
def _starts_of_syllables() -> frozenset[str]:
    return frozenset(word[:length] for word in _all_syllables() for length in range(1, len(word) + 1))


def _cuts(letters: str, *, is_last: bool) -> list[str]:
    """Every way to part letters into syllables, fewest syllables first; the last may be only begun, if `is_last`."""
    ways: list[list[str]] = []

    def cut(rest: str, done: list[str]) -> None:
        if len(ways) > 30:
            return
        if not rest:
            ways.append(done)
        for length in range(min(6, len(rest)), 0, -1):
            head, tail = rest[:length], rest[length:]
            if head in _all_syllables() or (is_last and not tail and head in _starts_of_syllables()):
                cut(tail, [*done, head])

    cut(letters, [])
    whole = [way for way in ways if way[-1] in _all_syllables()]
    return [" ".join(way) for way in sorted(whole or ways, key=len)]
