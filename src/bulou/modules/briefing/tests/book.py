"""A small playbook with a briefing, rooted at the county."""

BOOK = """\
playbook: test-book
version: 1
title: {zh-Hans: 疫情防控, en: Outbreak response}
root: "632726"
languages: [zh-Hans, en]
counts:
  regimes:
    - {zh-Hans: 一, en: One}
levels:
  watch:
    title: {zh-Hans: 三级, en: Level 3}
units:
  hq: {name: 指挥部, kind: headquarters}
  branch-1: {name: 第一临时党支部, kind: temporary_branch, parent: hq}
briefing:
  organisation:
    order: 10
    kind: organisation
    title: {zh-Hans: 组织情况, en: Organisation}
    says: {zh-Hans: "成立临时党支部{branches}个。", en: "{branches} temporary branches stand."}
    lines:
      - {key: branches, count: units, kinds: [temporary_branch], title: {zh-Hans: 临时党支部, en: Temporary branches}}
      - {key: members, count: people, below: [hq], parts: [leader], title: {zh-Hans: 负责人, en: Leaders}}
      - {key: villages, count: places, levels: [village], title: {zh-Hans: 行政村, en: Villages}}
  counts:
    order: 20
    kind: counts
    title: {zh-Hans: 工作模式, en: Mode}
    names: [regimes]
"""
