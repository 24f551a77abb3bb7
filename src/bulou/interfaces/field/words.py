"""What the field page says. The English sentence is the key; a test holds this list equal to what the scripts say.

Chinese comes from the house's catalogues as everywhere; Tibetan lies in `static/field/shell/bo.json`, by the same sentences.
"""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path

from django.contrib.staticfiles import finders
from django.utils import translation
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

LANGUAGES = ("zh-hans", "zh-hant", "en", "bo")
TIBETAN = "field/shell/bo.json"

# fmt: off
SENTENCES = (
    _("%(h)s h %(m)s min"),
    _("%(month)s/%(day)s %(time)s"),
    _("%(n)s days"),
    _("%(n)s min"),
    _("%(n)s more: type a few letters of the name."),
    _("%(n)s not sent yet"),
    _("%(n)s of %(all)s received."),
    _("%(n)s of %(all)s saved; the others need their form."),
    _("%(n)s people"),
    _("%(n)s reports have not been sent. Send them first; nothing is thrown away."),
    _("%(n)s reports in one file. It is encrypted: only the county can read it, whoever carries it cannot."),
    _(
        "%(n)s reports that were not sent are still here, encrypted. They are sent when there is a line, "
        "and open with your account."
    ),
    _("%(n)s seconds"),
    _("%(n)s waiting"),
    _("%(used)s MB used of %(quota)s MB"),
    _("A list return: file it on the pages online."),
    _("A name is needed. Of a stranger write what is seen."),
    _("A new PIN"),
    _("A new PIN for %(name)s"),
    _("A newer version of this page is here."),
    _("A PIN for %(name)s"),
    _("A report that cannot be sent is lost when the page is closed."),
    _("Add somebody to this household"),
    _("Add somebody to this phone"),
    _("All %(n)s are well"),
    _("All done for now. What comes next is shown here after the next fetch."),
    _("All well"),
    _("Ask again"),
    _("Back"),
    _("Begun, not finished"),
    _("Born on, if known"),
    _("Change the PIN"),
    _("Changed."),
    _(
        "Choose the file your colleague's phone made (its name ends in .bulou). You cannot read it, and "
        "it may be sent more than once."
    ),
    _("Collective household"),
    _("conflict"),
    _("Delete it"),
    _("Delete the last digit"),
    _("Delete them now"),
    _("Delete this report for good?"),
    _("Delete your lists and your room from this phone?"),
    _("Done: %(n)s"),
    _("due %(time)s"),
    _("due %(time)s, %(left)s left"),
    _("Everybody here is well"),
    _("Everything was sent"),
    _("excused"),
    _("Fetch anew"),
    _("Fetch my lists"),
    _("Fetch your lists first: the place has to be known."),
    _("Fetched %(when)s; they are deleted in %(left)s."),
    _("Fetching your lists…"),
    _("Fetching…"),
    _("File"),
    _("Find"),
    _("Finish"),
    _("Forgot the PIN? Sign in with your account"),
    _("Give it to a colleague's phone"),
    _("Hand it over"),
    _("Head of the household"),
    _("Herding camp"),
    _("Households"),
    _("I owe %(n)s reports"),
    _("I understand, take it off the list"),
    _("It is kept on this phone."),
    _("It is too large. Take smaller pictures."),
    _("It works only while there is a line."),
    _("Kind"),
    _("Language"),
    _("last %(when)s"),
    _("late"),
    _("late since %(time)s"),
    _("Late since %(time)s"),
    _("online"),
    _("Lists of %(when)s"),
    _("Lock"),
    _("Lock: let somebody else work"),
    _("man"),
    _("More"),
    _("My duties online"),
    _("My lists"),
    _("My reports"),
    _("Name"),
    _("Name, or what is seen"),
    _("Name, pinyin or house number"),
    _("never visited"),
    _("New household"),
    _("New in %(name)s"),
    _("next due %(time)s"),
    _("No form on this phone answers this; report it online."),
    _("offline"),
    _("No line for days? Everything that waits on this phone can leave by another one, encrypted."),
    _("No line now. To add somebody to this phone, come back when there is one."),
    _("No line. Keep the file and try again when there is one."),
    _("No lists of households on this phone."),
    _("Nobody of this name on this phone."),
    _("None on this phone."),
    _("Note"),
    _("Nothing owed now"),
    _("Nothing waits on this phone."),
    _("Nothing was waiting to be sent."),
    _("on this phone"),
    _("on time"),
    _("One moment…"),
    _("One more person"),
    _("Unlock"),
    _("Ordinary household"),
    _("Person"),
    _("PIN"),
    _("PIN of six digits or more"),
    _("Place"),
    _("Put it on the home screen"),
    _("received"),
    _("received %(time)s"),
    _("received %(time)s, held for your lead"),
    _("received already"),
    _("received, held for their lead"),
    _("refused"),
    _("Register"),
    _("Register somebody"),
    _("Report"),
    _("Report %(n)s people as well? Only if you have seen or asked each of them."),
    _("Reports from the field"),
    _("Save the file"),
    _("saved on this phone"),
    _("Saved on this phone."),
    _("saved; next try in %(time)s"),
    _("Send now"),
    _("Send reports from a colleague's phone"),
    _("sending…"),
    _("sent"),
    _("Sent in the last 30 days"),
    _(
        "Set this phone up once while there is a line. Afterwards it works without one: what you owe, "
        "your households, the forms."
    ),
    _("Sex"),
    _("Show this to your colleague: the eight characters stand beside each report on their phone too."),
    _("Sign in"),
    _("sign in again"),
    _("Sign in with my account"),
    _("Sign out %(name)s and add somebody else"),
    _("Six digits or more."),
    _("Somebody passing"),
    _("Storage"),
    _("Take it now"),
    _("Take me off this phone"),
    _("Telephone, if any"),
    _("temporary"),
    _("That did not work."),
    _("That did not work. Try again when there is a line."),
    _("The county could not read it."),
    _("The county did not answer as it should. Try again later."),
    _("The county did not take it."),
    _("The county does not know this form in this version."),
    _(
        "The county has a report under the same number with other content. Both are kept: yours was put "
        "aside for your lead, who decides which one counts. Tell them what is right."
    ),
    _("The county no longer knows this phone. The report is safe; sign in with your account and it is sent."),
    _("The county no longer knows this phone: sign in again."),
    _(
        "The other phone opens this page, chooses “Send reports from a colleague's phone”, and picks the "
        "file. Nothing is deleted here: when this phone has a line again it learns that everything was "
        "received."
    ),
    _(
        "The PIN opens your lists and reports on this phone, without a line. Nobody can read it, and "
        "nobody can tell it to you again."
    ),
    _("The same again"),
    _("The two are not the same."),
    _(
        "There are no lists on this phone: their time was over, or they were not fetched yet. Reports "
        "that were not sent are still here."
    ),
    _(
        "They get a temporary number at once and can be reported on. At the desk they are completed, or "
        "joined with who they are already."
    ),
    _(
        "This address is not secure (http), or the browser is too old: a phone then may not encrypt, so "
        "nothing can be kept on it."
    ),
    _(
        "This browser cannot keep the page: without a line it will not open. Reports already written "
        "stay and are sent later. Open the address in the phone's own browser instead."
    ),
    _("This form is not on this phone yet."),
    _("This form needs the full engine, which is not on this phone."),
    _("This needs a line once. What was reported stays on this phone."),
    _("This phone could not keep it: its storage is full. Free some space, then press again."),
    _(
        "This phone may clear the page's storage when it runs short. Put the page on the home screen, "
        "and send soon."
    ),
    _("This phone promised to keep what is on it until it was sent."),
    _("Today"),
    _("Too easy to guess: choose digits that are not in a row."),
    _("Too many people for a phone: only those you owe reports about are here."),
    _("Too many wrong PINs: the lists on this phone were deleted."),
    _("Try again"),
    _("Try again in %(time)s."),
    _("Use the address that begins with https://, or report online:"),
    _("Use this phone offline"),
    _("Use this phone offline as %(name)s"),
    _("what others reported since is not in them"),
    _("Where from, where to"),
    _("Where they live"),
    _("Who is working?"),
    _("woman"),
    _("Work site"),
    _("Wrong PIN; %(n)s more tries, then the lists on this phone are deleted."),
    _("yesterday %(time)s"),
    _("You are signed in as %(name)s. Only the account this room belongs to opens it."),
    _("Your PIN"),
)
# fmt: on


def spoken(language: str) -> dict[str, str]:
    """Every sentence in one of LANGUAGES, by its English; in Tibetan those nobody has put into Tibetan yet in Chinese."""
    catalogue = "zh-hans" if language == "bo" else language
    with translation.override(catalogue):
        found = {text: gettext(text) for text in SENTENCES}
    return found | (tibetan() if language == "bo" else {})


@lru_cache(maxsize=1)
def tibetan() -> dict[str, str]:
    """The sentences in Tibetan."""
    read: dict[str, str] = json.loads(Path(str(finders.find(TIBETAN))).read_text(encoding="utf-8"))
    return read
