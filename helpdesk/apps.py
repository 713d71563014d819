from django.apps import AppConfig


class HelpdeskConfig(AppConfig):
    name = "helpdesk"

    def ready(self) -> None:
        from helpdesk import catalogues, celery, checks  # noqa: F401  (the app for send_task; the system checks)

        catalogues.compile_stale()
