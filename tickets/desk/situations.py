"""What agents call the situations that a ticket can be in (S12)."""

from django.utils.translation import gettext_lazy as _

SITUATION_NAMES = {
    "auction": _("An auction is running"),
    "emergency": _("An emergency"),
    "third_party": _("The cause lies with a third party"),
    "night_work": _("Work out of hours is authorised"),
}
