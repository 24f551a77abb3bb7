"""What people write in spreadsheets for the register's codes: several words for one code, Chinese or English."""

from __future__ import annotations

from collections.abc import Mapping


def _codes(words_by_code: Mapping[str, str]) -> dict[str, str]:
    """Word → code; a code is always a word for itself."""
    return {word: code for code, words in words_by_code.items() for word in [code, *words.split()]}


SEXES = _codes({"m": "男 male", "f": "女 female"})
RELATIONS = _codes(
    {
        "head": "户主 本人",
        "spouse": "配偶 妻 夫 妻子 丈夫",
        "son": "儿子 子 长子 次子 三子",
        "daughter": "女儿 女 长女 次女 三女",
        "child_in_law": "儿媳 女婿",
        "grandchild": "孙子 孙女 外孙 外孙女",
        "father": "父亲 父",
        "mother": "母亲 母",
        "parent_in_law": "公公 婆婆 岳父 岳母",
        "grandparent": "祖父 祖母 外祖父 外祖母",
        "sibling": "兄弟姐妹 兄 弟 姐 妹",
        "other_relative": "其他亲属",
        "carer": "照料人",
        "lodger": "租客 租住",
        "unrelated": "非亲属 其他",
    }
)
LANGUAGES = _codes({"zh": "汉语 普通话", "bo": "藏语", "mn": "蒙古语 蒙语", "ug": "维吾尔语", "en": "英语"})
PARTS = _codes(
    {
        "leader": "负责人 组长 队长",
        "deputy": "副职 副组长 副队长 副书记",
        "secretary": "书记",
        "member": "成员 组员 队员",
    }
)
TERMS = _codes(
    {
        "permanent": "正式 在编",
        "support": "借调 支援",
        "temporary": "临聘 临时",
        "public_welfare": "公益性岗位 公益岗",
        "self_hired": "自聘",
    }
)
OFFERED = {
    "sex": ("男", "女"),
    "relation": ("户主", "配偶", "儿子", "女儿", "父亲", "母亲", "孙子", "孙女", "其他亲属", "非亲属"),
    "languages": ("汉语", "藏语", "蒙古语", "维吾尔语"),
    "part": ("负责人", "副职", "书记", "成员"),
    "terms": ("正式", "借调", "临聘", "公益性岗位", "自聘"),
}
HEADINGS = {
    "place": ("村", "社区", "所在村", "行政村", "村社区", "居住村", "村居", "现居住村"),
    "town": ("乡镇", "镇", "乡", "街道", "所属乡镇"),
    "household": ("户号", "户编号", "家庭编号", "户口簿号"),
    "code": ("人员编号", "编号", "人员代码", "编码"),
    "name": ("姓名", "名字", "人员姓名"),
    "other_name": ("别名", "曾用名", "民族文字姓名", "藏文姓名"),
    "relation": ("与户主关系", "家庭关系", "关系"),
    "number": ("身份证号", "身份证号码", "公民身份号码", "证件号码", "身份证"),
    "sex": ("性别",),
    "born_on": ("出生日期", "出生年月日", "生日", "出生年月"),
    "phone": ("电话", "联系电话", "手机", "手机号", "手机号码", "联系方式"),
    "address": ("地址", "现住址", "住址", "家庭住址", "居住地址", "详细地址"),
    "employer": ("工作单位", "就业单位"),
    "languages": ("语言", "使用语言"),
    "qualifications": ("资质", "资格", "专长"),
    "population": ("人口", "人口数", "总人口", "人数"),
    "households": ("户数", "总户数", "户"),
    "as_of": ("截至日期", "统计日期", "日期"),
    "source": ("来源", "数据来源"),
    "unit": ("单位", "部门", "支部", "工作组", "队伍"),
    "part": ("职责", "角色", "组内职务"),
    "post": ("职务", "岗位"),
    "terms": ("用工性质", "人员类别", "编制"),
    "seconded_from": ("原单位", "派出单位", "抽调单位"),
}
