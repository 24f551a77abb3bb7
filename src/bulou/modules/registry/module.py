"""The registry's manifest."""

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from bulou.modules.registry.queries import titles
from bulou.modules.registry.queries.places import county_name
from bulou.modules.registry.queries.scopes import grants_of, places_in_reach
from bulou.modules.registry.services import playbook_units
from bulou.modules.registry.services.cast import seat_cast
from bulou.modules.registry.services.grants import make_administrator
from bulou.modules.registry.services.importing import IMPORTS
from bulou.modules.registry.services.people_duplicates import propose_duplicates
from bulou.modules.registry.services.people_forgetting import forget_people, people_due
from bulou.modules.registry.services.places_tally import fold_tallies
from bulou.modules.registry.views.grants_panel import user_panel
from bulou.platform.access.permissions import SIGNED_IN, Permission
from bulou.platform.access.roles import ROLES
from bulou.platform.manifest import Forgets, Manifest, MenuItem, Section, Tick, hang
from bulou.platform.vault import SealedColumn

EVERYBODY = frozenset(ROLES)
LEADS = frozenset({"chief", "township_lead"})
DESK = LEADS | {"village_clerk", "unit_clerk"}

MANIFEST = hang(
    Manifest(
        name="registry",
        title=_("Registry"),
        menu=(
            MenuItem(_("My place"), "registry:home", "registry.view_place", order=10, icon="home"),
            MenuItem(_("Places"), "registry:places", "registry.view_place", order=20, icon="place"),
            MenuItem(_("People"), "registry:people", "registry.view_person", order=22, icon="people"),
            MenuItem(_("Households"), "registry:households", "registry.view_person", order=24, icon="household"),
            MenuItem(_("Possible duplicates"), "registry:duplicates", "registry.merge_person", order=26, icon="merge"),
            MenuItem(_("Units"), "registry:units", "registry.view_unit", order=30, icon="unit"),
            MenuItem(_("Grants"), "registry:grants", "registry.manage_grants", group="house", order=20, icon="key"),
            MenuItem(_("Who may do what"), "registry:permissions", SIGNED_IN, group="house", order=70, icon="shield"),
        ),
        permissions=(
            Permission("registry.view_place", _("See places"), EVERYBODY),
            Permission("registry.edit_place", _("Edit places"), frozenset({"chief"})),
            Permission("registry.load_county", _("Load a county from the national list"), frozenset({"administrator"})),
            Permission(
                "registry.declare_population", _("Declare population and households"), LEADS | {"village_clerk"}
            ),
            Permission("registry.view_unit", _("See units"), EVERYBODY - {"checkpoint_officer"}),
            Permission("registry.edit_unit", _("Edit units and their members"), LEADS | {"unit_clerk"}),
            Permission("registry.view_person", _("See people and households"), DESK | {"auditor"}),
            Permission("registry.edit_person", _("Edit people and households"), DESK),
            Permission("registry.view_name", _("See names and telephones without giving a reason"), DESK),
            Permission(
                "registry.register_newcomer",
                _("Register somebody met under a temporary number"),
                DESK | {"duty_officer", "checkpoint_officer", "medic", "case_worker"},
            ),
            Permission("registry.merge_person", _("Merge people"), LEADS),
            Permission("registry.view_identity", _("See identity numbers, with a logged reason"), DESK),
            Permission("registry.manage_grants", _("Give and end grants"), frozenset({"administrator"})),
        ),
        sections=(
            Section("units", _("Units"), playbook_units.SCHEMA, playbook_units.apply, check=playbook_units.check),
        ),
        ticks=(
            Tick(
                "registry.fold_tallies", timedelta(minutes=10), fold_tallies, _("Add up people and households by place")
            ),
            Tick(
                "registry.propose_duplicates",
                timedelta(hours=6),
                propose_duplicates,
                _("Look for people registered twice"),
            ),
        ),
        forgets=(Forgets("registry.person", people_due, forget_people),),
        extras={
            "imports": IMPORTS,
            "house_name": county_name,
            "grants_of": grants_of,
            "places_in_reach": places_in_reach,
            "actions": titles.ACTIONS,
            "kinds": titles.KINDS,
            "make_administrator": make_administrator,
            "user_panels": user_panel,
            "seat_cast": seat_cast,
            "sealed_columns": (SealedColumn("registry_document", "sealed", "registry.document", "r.about"),),
        },
    )
)
