import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "helpdesk.settings")
application = get_wsgi_application()

# What was loaded stays: no collection need look at it again, and a page makes thousands of objects that die with it.
gc.collect()
gc.freeze()
gc.set_threshold(20_000, 20, 50)
