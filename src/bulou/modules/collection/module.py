"""The manifest of field collection."""

from django.utils.translation import gettext_lazy as _

from bulou.modules.collection.queries import bar, titles
from bulou.modules.collection.services import forgetting, sealing, sections
from bulou.modules.registry.services.merging import PersonRows
from bulou.platform.access.permissions import Permission
from bulou.platform.manifest import Forgets, Manifest, MenuItem, Section, hang

LEADS = frozenset({"chief", "township_lead", "unit_clerk", "village_clerk"})
READERS = LEADS | {"duty_officer", "auditor"}
EVERYBODY = READERS | {"checkpoint_officer", "storekeeper", "medic", "case_worker"}

MANIFEST = hang(
    Manifest(
        name="collection",
        title=_("Field collection"),
        menu=(
            MenuItem(_("Forms"), "collection:forms", "collection.view_forms", group="registers", order=70, icon="note"),
            MenuItem(
                _("Submissions"),
                "collection:sent",
                "collection.view_submissions",
                group="registers",
                order=74,
                icon="download",
            ),
            MenuItem(
                _("Held reports"), "collection:held", "collection.settle", group="situation", order=52, icon="box"
            ),
            MenuItem(
                _("Devices and links"),
                "collection:tokens",
                "collection.fill",
                group="registers",
                order=78,
                icon="phone",
            ),
            MenuItem(
                _("Personal links"),
                "collection:links",
                "collection.issue_token",
                group="registers",
                order=79,
                icon="link",
            ),
        ),
        permissions=(
            Permission("collection.view_forms", _("See the forms of one's operations"), READERS | {"administrator"}),
            Permission(
                "collection.edit_forms", _("Bring, publish and close forms"), frozenset({"chief", "administrator"})
            ),
            Permission("collection.issue_token", _("Give devices and links, and revoke them"), LEADS),
            Permission(
                "collection.view_submissions",
                _("Read what was sent"),
                frozenset({"chief", "township_lead", "village_clerk", "unit_clerk"}),
            ),
            Permission(
                "collection.open_sensitive",
                _("Open sensitive answers and the XML as received, for a reason"),
                frozenset({"chief", "township_lead", "unit_clerk"}),
            ),
            Permission(
                "collection.settle", _("Settle what is held"), frozenset({"chief", "township_lead", "unit_clerk"})
            ),
            Permission("collection.fill", _("Fill forms in the field"), EVERYBODY),
        ),
        sections=(
            Section("forms", _("Forms"), sections.FORM_SCHEMA, sections.apply_forms, check=sections.check_forms),
        ),
        forgets=(Forgets(sealing.KIND, forgetting.submissions_due, forgetting.forget_submissions),),
        extras={
            "actions": titles.ACTIONS,
            "bar": bar.marks,
            "kinds": titles.KINDS,
            "sealed_tables": sealing.TABLES,
            "person_moves": (
                PersonRows("collection_token", "person_id"),
                PersonRows("collection_held", "person_id"),
                PersonRows("collection_held", "subject_id", unless="r.subject_kind <> 'person'"),
            ),
        },
    )
)
