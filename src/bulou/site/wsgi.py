"""The WSGI application granian serves."""

import os

from django.core.wsgi import get_wsgi_application

from bulou.site.home import keep_exercise_time
from bulou.site.serving.patience import TROUBLE, Patient
from bulou.site.serving.reaper import Reaper, Waiting

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bulou.site.settings")
_waiting = Waiting()
_django = get_wsgi_application()

from bulou.interfaces.openrosa.bare import Bare, takes_unannounced  # noqa: E402 — its models want Django set up

application = Patient(Bare(_django, trouble=TROUBLE), _waiting, takes_unannounced=takes_unannounced)
keep_exercise_time()
Reaper(_waiting).start()
