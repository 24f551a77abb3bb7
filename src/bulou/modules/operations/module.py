"""The operations' manifest."""

from django.utils.translation import gettext_lazy as _

from bulou.modules.operations.queries import titles
from bulou.platform.access.permissions import Permission
from bulou.platform.access.roles import ROLES
from bulou.platform.manifest import Manifest, MenuItem, hang

MANIFEST = hang(
    Manifest(
        name="operations",
        title=_("Operations"),
        menu=(
            MenuItem(
                _("Operations"),
                "operations:index",
                "operations.view_operation",
                group="situation",
                order=20,
                icon="flag",
            ),
        ),
        permissions=(
            Permission("operations.view_operation", _("See operations and their playbooks"), frozenset(ROLES)),
            Permission(
                "operations.run_operation",
                _("Activate operations, apply playbooks, set levels, stand down"),
                frozenset({"chief"}),
            ),
        ),
        extras={"actions": titles.ACTIONS, "kinds": titles.KINDS},
    )
)
