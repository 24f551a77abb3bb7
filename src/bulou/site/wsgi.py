"""The WSGI application granian serves."""

import os

from django.core.wsgi import get_wsgi_application

from bulou.site.home import keep_exercise_time
from bulou.site.serving.patience import Patient
from bulou.site.serving.reaper import Reaper, Waiting

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bulou.site.settings")
_waiting = Waiting()
application = Patient(get_wsgi_application(), _waiting)
keep_exercise_time()
Reaper(_waiting).start()
