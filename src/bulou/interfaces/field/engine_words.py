"""What the full form engine says, in the reader's language. The build (web/) makes each of these sentences a look-up; a test holds both lists equal."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.dates import MONTHS, MONTHS_AP, WEEKDAYS, WEEKDAYS_ABBR
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

SENTENCES: Mapping[str, str | Promise] = {
    "Condition not satisfied: constraint": _("This value is not allowed here."),
    "Condition not satisfied: required": _("This has to be answered."),
    "An error occurred while loading this form": _("This form could not be opened"),
    "Technical error details": _("Technical details"),
    "change language": _("Change language"),
    "Change language": _("Change language"),
    "Accuracy: ": _("Accuracy: "),
    "Latitude: ": _("Latitude: "),
    "Longitude: ": _("Longitude: "),
    "Poor accuracy": _("Poor accuracy"),
    "Good accuracy": _("Good accuracy"),
    "Unknown accuracy": _("Accuracy unknown"),
    "Finding your location": _("Finding your location"),
    "Time taken to capture location: ": _("Time taken: "),
    "Cancel": _("Cancel"),
    "Save location": _("Save location"),
    "Get location": _("Take the location"),
    "Try again": _("Try again"),
    "Cannot access location": _("The location cannot be read"),
    "Grant location permission in the browser settings and make sure location is turned on.": _(
        "Allow the browser to read the location, and switch location on in the phone's settings."
    ),
    "Rank items": _("Put in order"),
    "Captured image preview": _("The picture taken"),
    "Take picture": _("Take a picture"),
    "Choose image": _("Choose a picture"),
    "Repeat Item": _("Entry"),
    "Remove": _("Remove"),
    "Location unavailable. Enable GPS and browser permissions, then restart the form to try again.": _(
        "There is no location. Switch it on, allow the browser to read it, and open the form again."
    ),
    "1 question with error.": _("One question still needs an answer that fits."),
    "{n} questions with errors.": _("{n} questions still need an answer that fits."),
    "Send": _("Save and send"),
    "Powered by": _("Form engine:"),
    " Add ": _("Add "),
    " Okay ": _("Done"),
    "Unknown error": _("An error without a name"),
    "Import data to replace location": _("Replace the location by imported data"),
    "Delete entire shape?": _("Delete the whole area?"),
    "Delete entire trace?": _("Delete the whole line?"),
    " Are you sure you want to delete this entire shape and start over? ": _("The whole area will be drawn anew."),
    " Are you sure you want to delete this entire trace and start over? ": _("The whole line will be drawn anew."),
    "Delete": _("Delete"),
    "Full Screen": _("Full screen"),
    "Zoom to fit": _("Show everything"),
    "Zoom to current location": _("Go to where I am"),
    "Undo last change": _("Undo the last change"),
    "Graphics issue detected": _("The map cannot be drawn"),
    "Your browser cannot display the map now. Enable graphics acceleration settings.": _(
        "Switch graphics acceleration on in the browser's settings."
    ),
    "Remove selection": _("Remove what is chosen"),
    "Save selected": _("Save what is chosen"),
    "No trace saved": _("No line yet"),
    "No shape saved": _("No area yet"),
    "No point saved": _("No point yet"),
    "Point saved": _("Point saved"),
    "Trace saved": _("Line saved"),
    "Shape saved": _("Area saved"),
    "Feature saved": _("Saved"),
    "Capturing location...": _("Taking the location…"),
    "Remove point": _("Remove the point"),
    "View details": _("Details"),
    "Advanced": _("More"),
    "File is empty.": _("The file is empty."),
    "Unsupported file type. Please upload a .geojson file.": _("Only .geojson files can be read here."),
    "Failed to parse file. Ensure it is a valid GeoJSON.": _("The file is no GeoJSON."),
    "Incorrect geometry type.": _("The file holds another kind of shape."),
    "Paste data in ODK format": _("Paste coordinates"),
    "Enter as: Lat Long Alt Acc (e.g. 45.5 -122.6 15 2; 45.6 -122.7 12 3)": _(
        "Latitude, longitude, altitude, accuracy; one point after the other, separated by ;"
    ),
    "Upload a GeoJSON file": _("Upload a GeoJSON file"),
    "Upload file": _("Upload a file"),
    "Save": _("Save"),
    "Press and drag to move a point": _("Press and drag to move a point"),
    "Tap to place a point": _("Tap to place a point"),
    "Tap to move point": _("Tap to move the point"),
    "Use the location button to center on your current location": _("The location button brings you to where you are"),
    "No results found": _("Nothing found"),
    "No available options": _("There is nothing to choose from"),
    "No file chosen": _("No file chosen"),
}

OWN: Mapping[str, str | Promise] = {
    "loading": _("The form is being opened…"),
    "not_opened": _("This form could not be opened."),
    "keeping": _("Saving on this phone…"),
    "kept": _("Saved."),
    "not_kept": _("It could not be saved. The answers are still here; try again."),
}


def words() -> dict[str, dict[str, object]]:
    """Everything the frame needs to speak the language active now: sentences, our own words, the calendar's."""
    days = [str(WEEKDAYS[(number - 1) % 7]) for number in range(7)]  # the engine's week begins on Sunday
    short = [str(WEEKDAYS_ABBR[(number - 1) % 7]) for number in range(7)]
    return {
        "sentences": {english: str(said) for english, said in SENTENCES.items()},
        "own": {key: str(said) for key, said in OWN.items()},
        "locale": {
            "dayNames": days,
            "dayNamesShort": short,
            "dayNamesMin": [name[:2] if name.isascii() else name[-1] for name in short],
            "monthNames": [str(MONTHS[number]) for number in range(1, 13)],
            "monthNamesShort": [str(MONTHS_AP[number]) for number in range(1, 13)],
            "today": str(_("Today")),
            "clear": str(_("Clear")),
            "dateFormat": "yy-mm-dd",
        },
    }
