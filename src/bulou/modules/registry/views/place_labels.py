"""What the codes of places and units are called."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

Titles = tuple[tuple[str, str | Promise], ...]

LEVEL: Titles = (
    ("province", _("Province")),
    ("city", _("City or prefecture")),
    ("county", _("County")),
    ("town", _("Town or street")),
    ("village", _("Village or community")),
    ("grid", _("Grid")),
    ("site", _("Site")),
)
PLACE_KIND: Titles = (
    ("street", _("Urban street")),
    ("town", pgettext_lazy("kind", "Town")),
    ("township", _("Township")),
    ("special_town", _("Farm, zone or other at town level")),
    ("community", _("Community")),
    ("village", pgettext_lazy("kind", "Village")),
    ("special_community", _("Like a community")),
    ("special_village", _("Like a village")),
    ("residential", _("Residential grid")),
    ("rural", _("Rural grid")),
    ("special_grid", _("Special grid (works, school, market)")),
    ("building", _("Building")),
    ("checkpoint", _("Checkpoint")),
    ("quarantine", _("Quarantine site")),
    ("station", _("Station")),
    ("herding_camp", _("Herding camp")),
    ("other", pgettext_lazy("kind", "Other")),
)
PLACE_CHANGE: Titles = (
    ("loaded", _("Loaded from the national list")),
    ("added", _("Added")),
    ("formed", _("Formed by a merger")),
    ("split_off", _("Split off")),
    ("renamed", _("Renamed")),
    ("recoded", _("Given another code")),
    ("kind_changed", _("Kind changed")),
    ("moved", pgettext_lazy("place", "Moved")),
    ("split", _("Split")),
    ("merged", pgettext_lazy("place", "Merged into another place")),
    ("retired", _("Retired")),
    ("reinstated", _("Reinstated")),
)
UNIT_KIND: Titles = (
    ("agency", _("Agency")),
    ("department", _("Department")),
    ("headquarters", _("Headquarters")),
    ("work_group", _("Work group")),
    ("branch", _("Branch")),
    ("temporary_branch", _("Temporary branch")),
    ("commando", _("Commando team")),
    ("station_crew", _("Station crew")),
    ("team", _("Team")),
    ("brigade", _("Brigade")),
    ("squad", _("Squad")),
    ("institution", _("Institution")),
    ("enterprise", _("Enterprise")),
    ("volunteers", _("Volunteers")),
    ("other", pgettext_lazy("kind", "Other")),
)
PART: Titles = (
    ("leader", _("Leader")),
    ("deputy", _("Deputy")),
    ("secretary", pgettext_lazy("part", "Secretary")),
    ("member", _("Member")),
)
TERMS: Titles = (
    ("permanent", _("Permanent staff")),
    ("support", _("Support staff")),
    ("temporary", _("Temporary staff")),
    ("public_welfare", _("Public-welfare post")),
    ("self_hired", _("Hired by the unit itself")),
)
UNIT_CHANGE: Titles = (
    ("created", _("Created")),
    ("renamed", _("Renamed")),
    ("changed", _("Particulars changed")),
    ("moved", pgettext_lazy("unit", "Moved")),
    ("ended", pgettext_lazy("unit", "Ended")),
)
_ALL = {
    "level": dict(LEVEL), "place_kind": dict(PLACE_KIND), "place_change": dict(PLACE_CHANGE), "unit_kind": dict(UNIT_KIND),
    "part": dict(PART), "terms": dict(TERMS), "unit_change": dict(UNIT_CHANGE),
}  # fmt: skip


def title(table: str, key: str) -> str:
    """What a code of one of the tables above is called; a code unknown to it is shown as it is, "" stays empty."""
    return str(_ALL[table].get(key, key))
