"""The words of the interface: gathers them from code and templates, keeps the catalogues, derives the other
languages, compiles them.

`python -m bulou.platform.words` does it all; see docs/words.md. It needs no gettext on the machine. It is not a
translator: Chinese in simplified characters is written by people, in each package's `locale/zh_Hans`; traditional
characters and English are derived from it.
"""
