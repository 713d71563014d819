"""Bad or unsafe configuration, as system checks with an id and a hint."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import Error, Tags, register


@register(Tags.security, deploy=False)
def safe_configuration(app_configs: Any, **kwargs: Any) -> list[Error]:
    """Production means: neither DEMO nor tests. There, an unsafe secret or DEBUG is refused."""
    errors = []
    production = settings.BASE_DOMAIN != "localhost" and not settings.TESTING
    if production and settings.SECRET_KEY.startswith("unsafe"):
        errors.append(
            Error("SECRET_KEY is not set.", hint="Set SECRET_KEY to a long random text.", id="helpdesk.E001")
        )
    if production and settings.DEBUG:
        errors.append(Error("DEBUG is on.", hint="Unset DEBUG outside your own machine.", id="helpdesk.E002"))
    if production and settings.DEMO:
        errors.append(
            Error("DEMO is on for a real domain.", hint="Unset DEMO, or BASE_DOMAIN.", id="helpdesk.E003")
        )
    return errors
