"""What the demo's desks show before anybody asks: it fits the packs, and stands at any hour."""

from datetime import UTC, datetime

import pytest

from policies.guidance import incidents
from policies.guidance.models import Article, Deflection
from policies.packs import load_pack
from sla.business_time import BusinessHours
from tenants.people.models import User
from tickets.demo import seeding, shelves
from tickets.demo.pace import Pace
from tickets.demo.script import script_of

WEEKDAYS = BusinessHours.from_dict(seeding.OFFICE)
SATURDAY = datetime(2026, 11, 21, 22, 35, tzinfo=UTC)
MONDAY_5 = datetime(2026, 11, 23, 8, tzinfo=UTC)


@pytest.mark.parametrize("at", [SATURDAY, MONDAY_5])
@pytest.mark.parametrize("slug", ["erp-chamados", "360dialog"])
def test_a_shelf_is_filled_with_what_belongs_to_its_desk(desk_of, slug, at):
    desk_of(slug)
    script, topics = script_of(slug), {topic.key for topic in load_pack(slug).topics}
    keys = [each["key"] for each in script.staff]
    keys += [one["key"] for company in script.companies for one in company["people"]]
    everybody = {key: User.objects.create(email=f"{key}@demo.example", name=key) for key in keys}
    shelves.furnish(slug, everybody, Pace(WEEKDAYS, "America/Sao_Paulo", at))
    assert Article.objects.filter(published=None).count() == 0
    assert {topic for article in Article.objects.all() for topic in article.topics} <= topics
    assert Deflection.objects.exists() and not Deflection.objects.filter(at__gt=at).exists()
    for who, _at in (pair for each in shelves.told(slug)["articles"] for pair in each.get("solved", ())):
        assert who == "" or who in keys
    if slug == "360dialog":
        assert [str(each) for each in incidents.running(at)] == ["Template reviews take longer than usual"]
        assert incidents.to_come(at) and incidents.over(at).exists()
