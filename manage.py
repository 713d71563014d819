#!/usr/bin/env python3
"""The door to every command. What a command stands on is made first: packages, then servers."""

import os
import sys

from helpdesk import bootstrap


def main():
    bootstrap.enter_environment(sys.argv)

    command, arguments = ([*sys.argv, "help"])[1], sys.argv[2:]
    if command == "up":
        from helpdesk import supervisor

        return supervisor.main(arguments)
    if command == "test":
        from helpdesk import testing

        return testing.main(arguments)

    from helpdesk import embedded

    with embedded.servers_for_command(sys.argv):
        from django.core.management import execute_from_command_line

        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "helpdesk.settings")
        return execute_from_command_line(sys.argv)


if __name__ == "__main__":
    sys.exit(main())
