"""The registry's manifest."""

from django.utils.translation import gettext_lazy as _

from bulou.modules.registry.queries.scopes import grants_of
from bulou.modules.registry.services import playbook_units
from bulou.modules.registry.services.cast import seat_cast
from bulou.modules.registry.services.people_forgetting import forget_people, people_due
from bulou.platform.access.permissions import Permission
from bulou.platform.access.roles import ROLES
from bulou.platform.manifest import Forgets, Manifest, Section, hang
from bulou.platform.vault import SealedColumn

EVERYBODY = frozenset(ROLES)
LEADS = frozenset({"chief", "township_lead"})
DESK = LEADS | {"village_clerk", "unit_clerk"}

MANIFEST = hang(
    Manifest(
        name="registry",
        title=_("Registry"),
        permissions=(
            Permission("registry.view_place", _("See places"), EVERYBODY),
            Permission("registry.edit_place", _("Edit places"), frozenset({"chief"})),
            Permission("registry.load_county", _("Load a county from the national list"), frozenset({"administrator"})),
            Permission("registry.declare_population", _("Declare population and households"), LEADS | {"village_clerk"}),
            Permission("registry.view_unit", _("See units"), EVERYBODY - {"checkpoint_officer"}),
            Permission("registry.edit_unit", _("Edit units and their members"), LEADS | {"unit_clerk"}),
            Permission("registry.view_person", _("See people and households"), DESK | {"auditor"}),
            Permission("registry.edit_person", _("Edit people and households"), DESK),
            Permission("registry.view_name", _("See names and telephones without giving a reason"), DESK),
            Permission("registry.merge_person", _("Merge people"), LEADS),
            Permission("registry.view_identity", _("See identity numbers, with a logged reason"), DESK),
            Permission("registry.manage_grants", _("Give and end grants"), frozenset({"administrator"})),
        ),
        sections=(Section("units", _("Units"), playbook_units.SCHEMA, playbook_units.apply, check=playbook_units.check),),
        forgets=(Forgets("registry.person", people_due, forget_people),),
        extras={
            "grants_of": grants_of,
            "seat_cast": seat_cast,
            "sealed_columns": (SealedColumn("registry_document", "sealed", "registry.document", "r.about"),),
        },
    )
)
