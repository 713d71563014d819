"""Lists `up` among the commands. manage.py runs it before there is a Django; see helpdesk/supervisor.py."""

import sys

from django.core.management.base import BaseCommand

from helpdesk import supervisor


class Command(BaseCommand):
    help = "Start the helpdesk with everything it needs, and demo desks in it."

    def run_from_argv(self, argv):
        sys.exit(supervisor.main(argv[2:]))
