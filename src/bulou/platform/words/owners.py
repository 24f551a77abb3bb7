"""Which package owns which words: the platform as a whole, each module, the interfaces, the site. One `locale` folder
each.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bulou.platform.words import python_files, template_files
from bulou.platform.words.messages import Found

HOUSE = Path(__file__).resolve().parents[2]
LANGUAGES = ("zh_Hans", "zh_Hant", "en")
WRITTEN = "zh_Hans"
_APART = {"tests", "migrations", "locale", "static", "__pycache__"}


@dataclass(frozen=True, slots=True)
class Owner:
    """A package with words of its own."""

    name: str
    folder: Path

    def catalogue(self, language: str) -> Path:
        """Where its catalogue of a language lies (it may not exist yet)."""
        return self.folder / "locale" / language / "LC_MESSAGES" / "django.po"

    def files(self, suffix: str) -> Iterator[Path]:
        """Its files of a kind, in a stable order; tests, migrations, static files and catalogues hold no words of the
        interface.
        """
        for path in sorted(self.folder.rglob(f"*{suffix}")):
            if not _APART & set(path.relative_to(self.folder).parts):
                yield path

    def templates(self) -> Iterator[Path]:
        """Its templates, of any kind of text."""
        for suffix in (".html", ".txt", ".svg"):
            yield from (path for path in self.files(suffix) if "templates" in path.relative_to(self.folder).parts)

    def found(self) -> Iterator[Found]:
        """Every message and every problem in its code and templates. SyntaxError for a file that cannot be read."""
        for path in self.files(".py"):
            yield from python_files.messages(path)
        for path in self.templates():
            yield from template_files.messages(path)


def owners(house: Path = HOUSE) -> list[Owner]:
    """All owners under the house's package folder, lowest floor first as far as folders tell."""
    modules = house / "modules"
    rooms = sorted(path for path in modules.iterdir() if (path / "__init__.py").exists()) if modules.is_dir() else []
    folders = [house / "platform", *rooms, house / "interfaces", house / "site"]
    return [Owner(folder.name, folder) for folder in folders if folder.is_dir()]
