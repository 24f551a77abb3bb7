"""Names made of common parts: Han names by the spread of surnames, Tibetan and Mongolian single names, names with a middle dot."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import accumulate
from random import Random

# Share of each surname among a thousand people, roughly as the public security ministry's yearly name reports give it.
_SURNAMES = (
    "王72 李72 张68 刘54 陈45 杨31 黄22 赵21 吴20 周19 徐15 孙15 马13 朱13 胡12 郭12 何12 林11 高10 罗9 郑9 梁9 谢8 宋8 唐7 许7 韩7 冯7 "
    "邓7 曹7 彭6 曾6 肖6 田6 董6 袁6 潘5 于5 蒋5 蔡5 余5 杜5 叶5 程5 苏5 魏5 吕5 丁5 任4 沈4 姚4 卢4 姜4 崔4 钟4 谭4 陆4 汪4 范4 金4 石4 "
    "廖4 贾4 夏4 韦4 付4 方4 白3 邹3 孟3 熊3 秦3 邱3 江3 尹3 薛3 闫3 段3 雷3 侯3 龙3 史3 陶3 黎3 贺3 顾3 毛3 郝3 龚3 邵3 万3 钱3 严3 覃3 "
    "武3 戴3 莫3 孔3 向2 汤2 宁2 诸葛1 欧阳1 司马1 上官1"
)
_GIVEN_M = "伟强军磊洋勇杰涛明超刚平辉鹏飞斌波宇浩凯健俊帆毅建国华志永文林海山成东庆德福贵祥兵龙彬锋亮峰晨阳博睿轩梓宸泽瑞安宁元正义信仁忠良才学礼昌盛"
_GIVEN_F = "芳娜敏静丽艳娟秀英霞燕玲桂兰萍红梅琴云莲凤洁雪琳晶莹倩婷雅颖欣怡佳悦萌蕾瑶琪彤涵诗梦思慧淑珍翠香玉春荷菊素贞爱巧月娥青妍晓雯璐璇蓉"


def _words(text: str) -> list[str]:
    return text.split()


_TIBETAN_M = _words(
    "扎西 达杰 多杰 次仁 旺堆 尼玛 索南 才仁 丹增 格桑 洛桑 平措 巴桑 旦增 贡布 嘉措 坚赞 晋美 顿珠 罗布 普布 仁青 桑吉 土登 旺扎 更嘎 尕玛 昂文 文扎 江永"
)
_TIBETAN_F = _words(
    "卓玛 拉姆 央宗 德吉 白玛 才措 卓嘎 措姆 曲珍 玉珍 央金 梅朵 拉毛 才吉 永措 尕措 巴毛 求吉 索措 旺姆"
)
_MONGOL_M = _words(
    "巴特尔 朝鲁 苏和 那日苏 宝音 格日勒 巴图 额尔敦 特木尔 哈斯 达来 乌力吉 布和 青格勒 毕力格 阿古拉 呼格吉勒 吉日嘎拉"
)
_MONGOL_F = _words("其其格 萨仁 乌兰 娜仁 托娅 高娃 乌日娜 斯琴 萨日娜 塔娜 通拉嘎 阿茹娜 格根 敖登 娜布其 苏日娜")
_DOTTED_M = _words("阿卜杜拉 买买提 艾力 吐尔逊 玉素甫 依明 阿不都 热合曼 肉孜 艾山 库尔班 伊力哈木 亚森 卡迪尔")
_DOTTED_F = _words("古丽 阿依古丽 帕提古丽 热依汗 玛依拉 阿米娜 祖丽菲亚 迪丽努尔 茹仙古丽 哈丽旦 阿孜古丽 巴哈古丽")
_SCRIPT = {"扎西": "བཀྲ་ཤིས", "多杰": "རྡོ་རྗེ", "卓玛": "སྒྲོལ་མ", "次仁": "ཚེ་རིང", "才仁": "ཚེ་རིང", "尼玛": "ཉི་མ", "格桑": "སྐལ་བཟང", "德吉": "བདེ་སྐྱིད",
           "白玛": "པདྨ", "索南": "བསོད་ནམས", "丹增": "བསྟན་འཛིན", "拉姆": "ལྷ་མོ"}  # fmt: skip
# Characters that sound alike, as a clerk who hears a name writes it.
_HEARD = {
    pair[0]: pair[1]
    for pair in _words("伟卫 军君 杰洁 明名 平萍 丽莉 静敬 玲铃 红洪 芳方 华花 强墙 峰锋 建健 志智 英瑛 燕艳 梅美")
}

HAN, TIBETAN, MONGOL, DOTTED = "han", "tibetan", "mongol", "dotted"


@dataclass(frozen=True, slots=True)
class Name:
    """A name; `family` is handed down to children (a Han surname, a father's name behind the dot), `own` the name in Tibetan script."""

    text: str
    family: str
    own: str = ""


def _parted(text: str) -> tuple[list[str], list[int]]:
    """Names and running totals of their shares, out of "王72 李72 …"."""
    pairs = re.findall(r"([^\d\s]+)(\d+)", text)
    return [name for name, _share in pairs], list(accumulate(int(share) for _name, share in pairs))


_FAMILIES, _SHARES = _parted(_SURNAMES)


def draw(random: Random, people: str, sex: str, family: str = "") -> Name:
    """A name as people of that tongue (`han`, `tibetan`, `mongol`, `dotted`) bear it; `family` given: a child of that family."""
    return _WAYS[people](random, sex, family)


def misheard(text: str) -> str:
    """The same name as somebody wrote it who heard it: another character of the same sound, where there is one."""
    return "".join(_HEARD.get(char, char) for char in text)


def _han(random: Random, sex: str, family: str) -> Name:
    family = family or random.choices(_FAMILIES, cum_weights=_SHARES)[0]
    chars = _GIVEN_M if sex == "m" else _GIVEN_F
    given = random.choice(chars)
    if random.random() < 0.82:
        given += random.choice(chars)
    return Name(family + given, family)


def _tibetan(random: Random, sex: str, _family: str) -> Name:
    first = random.choice(_TIBETAN_M if random.random() < 0.5 else (_TIBETAN_M if sex == "m" else _TIBETAN_F))
    parts = [first]
    if random.random() < 0.85:
        parts.append(random.choice(_TIBETAN_M if sex == "m" else _TIBETAN_F))
    own = (
        "་".join(_SCRIPT[part] for part in parts)
        if all(part in _SCRIPT for part in parts) and random.random() < 0.3
        else ""
    )
    return Name("".join(parts), "", own)


def _mongol(random: Random, sex: str, _family: str) -> Name:
    name = random.choice(_MONGOL_M if sex == "m" else _MONGOL_F)
    return Name(name if random.random() < 0.7 else random.choice(_MONGOL_M) + name, "")


def _dotted(random: Random, sex: str, family: str) -> Name:
    name = random.choice(_DOTTED_M if sex == "m" else _DOTTED_F)
    return Name(f"{name}·{family or random.choice(_DOTTED_M)}", name if sex == "m" else "")


_WAYS = {HAN: _han, TIBETAN: _tibetan, MONGOL: _mongol, DOTTED: _dotted}
