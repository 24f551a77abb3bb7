"""What the registry takes in from Excel: people, declared figures, members of units. Each has fields, a judge that writes nothing, and a loader."""

from bulou.modules.registry.services.importing.declared import DECLARED
from bulou.modules.registry.services.importing.members import MEMBERS
from bulou.modules.registry.services.importing.people import PEOPLE

IMPORTS = (PEOPLE, DECLARED, MEMBERS)
