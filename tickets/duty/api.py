"""By the API: who is on duty, an emergency taken, customers' calendars entered and changed (SL02, SL06)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from zoneinfo import available_timezones

from django.http import Http404
from django.urls import reverse
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from policies.document import SITUATIONS
from tenants.customers.models import Company, Team
from tenants.moment import now
from tickets.api import base, problems
from tickets.api.changes import Change
from tickets.api.fields import CalledAddress, Moment, Paged, Strict
from tickets.api.pages import paged
from tickets.api.tags import tagged
from tickets.duty import claims, feeds
from tickets.duty.desk_pages import attended, standing
from tickets.duty.models import Feed
from tickets.duty.standing import plans_of
from tickets.models import Ticket


class Span(serializers.Serializer):
    from_at = Moment()
    to_at = Moment()


class Turn(Span):
    people = serializers.ListField(child=serializers.EmailField(), help_text="Addresses; empty: nobody.")


class DutyShown(serializers.Serializer):
    team = serializers.CharField()
    now = Turn()
    next = Turn(allow_null=True, help_text="The next change to somebody else; null: none within four weeks.")
    holes = Span(many=True, help_text="The next two weeks: nobody is on duty, outside the desk's hours.")


class DutyAsked(Strict):
    at = Moment(required=False, help_text="Another moment than now.")


class Duty(base.ApiView):
    area = "duty"
    allowed = {"GET": base.agents}

    @extend_schema(operation_id="duty_read", parameters=[DutyAsked], responses=DutyShown(many=True))
    def get(self, request: Request) -> Response:
        """Who is on duty, team by team, and who is next. Teams without a rota are left out."""
        at = base.query(request, DutyAsked).get("at") or now()
        teams = list(Team.objects.filter(rotas__is_active=True).distinct().order_by("key"))
        plans, hours = plans_of(teams, at), attended(at)
        return Response([told(team, standing(team, plans[team.pk], hours, at)) for team in teams])


def told(team: Team, found: dict[str, Any]) -> dict[str, Any]:
    def turn(duty: dict[str, Any] | None) -> dict[str, Any] | None:
        return duty and duty | {"people": [person.email for person in duty["people"]]}

    holes = [{"from_at": begins, "to_at": ends} for begins, ends in found["holes"]]
    return DutyShown(
        {"team": team.key, "now": turn(found["now"]), "next": turn(found["next"]), "holes": holes}
    ).data


class Claim(Change, operation="tickets_claim"):
    """Take an emergency. Of many who do at once the first has it; the others get 409, which says who."""

    def do(self, ticket: Ticket, given: dict[str, Any], done: dict[str, Any]) -> None:
        row = claims.claim(ticket, **done)
        if row.claimed_by_id != done["by"].pk:
            raise problems.Conflict(f"{row.claimed_by} was first and has it.")


# --- customers' calendars ---------------------------------------------------------------------------------------------


def known_zone(zone: str) -> None:
    if zone not in available_timezones():
        raise serializers.ValidationError("There is no such time zone: write one such as America/Sao_Paulo.")


def fields_of_feed(required: bool) -> dict[str, serializers.Field]:
    default = {"required": False} if not required else {}
    return {
        "name": serializers.CharField(required=required, max_length=200),
        "url": CalledAddress(
            required=required,
            help_text="Of the calendar in iCalendar format: a public address by https.",
        ),
        "timezone": serializers.CharField(
            **(default or {"default": ""}),
            max_length=50,
            allow_blank=True,
            validators=[known_zone],
            help_text="In which times are meant that name none, and whole days. Empty: such events are refused.",
        ),
        "every_minutes": serializers.IntegerField(
            **(default or {"default": 15}),
            min_value=5,
            max_value=1440,
            help_text="How often it is looked at.",
        ),
        "is_active": serializers.BooleanField(**(default or {"default": True})),
    }


class FeedChanged(Strict):
    def get_fields(self) -> dict[str, Any]:
        return fields_of_feed(required=False)


class NewFeed(Strict):
    def get_fields(self) -> dict[str, Any]:
        return {
            "company": serializers.UUIDField(help_text="The company's reference."),
            "kind": serializers.ChoiceField(
                SITUATIONS, default="auction", help_text="What holds while an event takes place."
            ),
        } | fields_of_feed(required=True)


class FeedShown(serializers.Serializer):
    id = serializers.IntegerField()
    company = serializers.UUIDField(source="company.reference")
    kind = serializers.CharField()
    name = serializers.CharField()
    url = serializers.CharField(help_text="Empty: files that staff uploaded.")
    timezone = serializers.CharField()
    every_minutes = serializers.IntegerField()
    is_active = serializers.BooleanField()
    read_at = Moment(allow_null=True, help_text="When it was last read whole.")
    failures = serializers.IntegerField(help_text="In a row; 0: it works.")
    last_error = serializers.CharField()
    events = serializers.IntegerField(help_text="How many events it has at present.")


class FeedsAsked(Paged):
    company = serializers.UUIDField(required=False)


def shown(feed: Feed) -> Any:
    feed.every_minutes = int(feed.every.total_seconds() // 60)  # type: ignore[attr-defined]
    row = {name: getattr(feed, name) for name in FeedShown().fields if name not in ("company", "events")}
    return FeedShown(row | {"company": feed.company, "events": feed.event_count}).data  # type: ignore[attr-defined]


class Feeds(base.ApiView):
    area, calls = "feeds", "url"
    allowed = {"GET": base.admins, "POST": base.admins}

    @extend_schema(operation_id="feeds_list", parameters=[FeedsAsked], responses=paged(FeedShown))
    def get(self, request: Request) -> Response:
        """Calendars of companies, the last entered first. Each event is an event window."""
        asked = base.query(request, FeedsAsked)
        found = feeds.counted()
        if "company" in asked:
            found = found.filter(company__reference=asked["company"])
        return base.page(request, found, asked, lambda rows: [shown(row) for row in rows])

    @extend_schema(operation_id="feeds_create", request=NewFeed, responses={201: FeedShown})
    def post(self, request: Request) -> Response:
        """Enter a calendar. It is looked at within seconds, and from then on every so often."""
        given = base.body(request, NewFeed)
        company = Company.objects.filter(reference=given.pop("company")).first()
        if company is None:
            raise serializers.ValidationError({"company": ["There is no such company."]})
        every = timedelta(minutes=given.pop("every_minutes"))
        feed = Feed.objects.create(company=company, every=every, **given)
        feeds.begin(feed, now())
        headers = {"Location": reverse("api:feed", args=[feed.pk])}
        return Response(shown(feed_of(feed.pk)), status=201, headers=headers)


class OneFeed(base.ApiView):
    area, calls = "feeds", "url"
    allowed = {"GET": base.admins, "PATCH": base.admins, "DELETE": base.admins}

    def state(self, request: Request, pk: int, *, lock: bool = False) -> Any:
        if lock:
            Feed.objects.select_for_update().filter(pk=pk).first()
        return shown(feed_of(pk))

    @extend_schema(operation_id="feeds_read", responses=FeedShown)
    def get(self, request: Request, pk: int) -> Response:
        """One calendar, and how its last look went."""
        return tagged(request, shown(feed_of(pk)))

    @extend_schema(operation_id="feeds_change", request=FeedChanged, responses=FeedShown)
    def patch(self, request: Request, pk: int) -> Response:
        """Change what is sent, leave the rest; it is looked at anew."""
        feed = feed_of(pk)
        given = base.body(request, FeedChanged)
        if "every_minutes" in given:
            given["every"] = timedelta(minutes=given.pop("every_minutes"))
        for name, value in given.items():
            setattr(feed, name, value)
        if given:
            feed.save(update_fields=list(given))
            feeds.begin(feed, now())
        return tagged(request, shown(feed_of(pk)))

    @extend_schema(operation_id="feeds_remove", request=None, responses={204: None})
    def delete(self, request: Request, pk: int) -> Response:
        """Take it away, and with it what it has entered that is not over. Done twice it is done once."""
        feed = Feed.objects.filter(pk=pk).first()
        if feed is not None:
            feeds.forget(feed, now())
        return Response(status=204)


def feed_of(pk: int) -> Feed:
    feed = feeds.counted().filter(pk=pk).first()
    if feed is None:
        raise Http404("There is no such calendar.")
    return feed
