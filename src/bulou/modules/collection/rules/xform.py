"""An XForm read: its identity, its tree, and everything that is wrong with it. From bytes alone.

Sources: the XForms specification of ODK; what ODK Validate says of the forms in the conformance test.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from bulou.modules.collection.rules import checks, markup
from bulou.modules.collection.rules.body import body_of
from bulou.modules.collection.rules.faults import Fault, Refused
from bulou.modules.collection.rules.model import model_of
from bulou.modules.collection.rules.tree import Tree, tree_of

LONGEST_ID = 249


@dataclass(frozen=True, slots=True)
class Reading:
    """What an XForm says. With `faults` it cannot be published; `tree` is there as soon as the form could be read at all."""

    key: str = ""
    version: str = ""
    title: str = ""
    tree: Tree = field(default_factory=dict)
    languages: tuple[str, ...] = ()
    faults: tuple[Fault, ...] = ()
    warnings: tuple[Fault, ...] = ()

    @property
    def is_sound(self) -> bool:
        return not self.faults


def read(content: bytes) -> Reading:
    """Gives the reading of an XForm; whatever is wrong, down to no XML at all, is among its faults. Never raises for what it was given."""
    try:
        model = model_of(markup.parsed(content))
        body = body_of(model)
        faults, warnings = checks.faults_of(model, body)
        tree = tree_of(model, body)
    except Refused as why:
        return Reading(faults=(why.fault,))
    for name, text in (("id", model.key), ("version", model.version)):
        if len(text) > LONGEST_ID:
            faults.append(Fault("too_long", model.root.line, {"what": name, "most": str(LONGEST_ID)}))
    return Reading(
        model.key,
        model.version,
        model.title or model.key,
        tree,
        tuple(model.texts.languages),
        tuple(faults),
        tuple(warnings),
    )
