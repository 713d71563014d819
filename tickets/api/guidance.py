"""What is read before anybody asks: articles in editions (CH02), components and incidents of the status page (TD18)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError as Refusal
from django.db.models import Count, Prefetch, QuerySet
from django.http import Http404
from django.urls import reverse
from drf_spectacular.extensions import OpenApiSerializerFieldExtension
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from policies.guidance import articles, incidents, searching
from policies.guidance.models import Article, Component, Incident, Update
from policies.publishing import policy_of, version_in_force
from tenants.moment import now
from tickets.api import base, requests
from tickets.api.fields import Moment, OneOf, Paged, Strict
from tickets.api.pages import paged
from tickets.api.tags import tagged

MOST_COMPONENTS = 50


class Texts(serializers.DictField):
    """A text by language: {"en": "...", "pt-br": "..."}."""

    def __init__(self, longest: int, **kwargs: Any) -> None:
        super().__init__(child=serializers.CharField(max_length=longest, allow_blank=True), **kwargs)

    def to_internal_value(self, data: Any) -> dict[str, str]:
        for tag, said in data.items() if isinstance(data, dict) else ():
            if tag not in articles.TAGS:
                listed = ", ".join(articles.TAGS)
                raise ValidationError([f"There is no language “{str(tag)[:20]}” here; there are: {listed}."])
            if not isinstance(said, str):
                raise ValidationError({tag: ["Write a text."]})
        return super().to_internal_value(data)


class TextsDescribed(OpenApiSerializerFieldExtension):
    """Exactly these languages, each a text."""

    target_class = Texts

    def map_serializer_field(self, auto_schema: Any, direction: Any) -> dict[str, Any]:
        said = {"type": "string", "maxLength": self.target.child.max_length}
        return {
            "type": "object",
            "properties": dict.fromkeys(articles.TAGS, said),
            "additionalProperties": False,
        }


def text(longest: int, **said: Any) -> Texts:
    return Texts(longest, help_text='By language, such as {"en": "…", "pt-br": "…"}.', **said)


# --- articles ---------------------------------------------------------------------------------------------------------


class ArticleShown(serializers.Serializer):
    id = serializers.IntegerField()
    slug = serializers.CharField(help_text="Its address is /help/<slug>/.")
    topics = serializers.ListField(child=serializers.CharField())
    title = serializers.DictField(child=serializers.CharField())
    body = serializers.DictField(child=serializers.CharField(), help_text="Markdown.")
    edition = serializers.IntegerField()
    changed_at = Moment()
    is_published = serializers.BooleanField()
    solved = serializers.IntegerField(
        allow_null=True, help_text="How often somebody needed no ticket. null for customers."
    )


class ArticlesAsked(Paged):
    q = serializers.CharField(
        required=False, max_length=200, help_text="Words to look for; the best answers first, on one page."
    )
    topic = serializers.CharField(required=False, max_length=80)


class ArticleChanged(Strict):
    title = text(articles.LONGEST_TITLE, required=False)
    body = text(articles.LONGEST_BODY, required=False)
    topics = serializers.ListField(
        child=OneOf("topic", requests.topics), required=False, max_length=50,
        help_text="Keys of the policy's topics, before whose forms it is shown.",
    )  # fmt: skip
    slug = serializers.SlugField(required=False, max_length=80)
    is_published = serializers.BooleanField(
        required=False, help_text="Whether its last edition is read by everybody."
    )


class NewArticle(ArticleChanged):
    title = text(articles.LONGEST_TITLE)
    body = text(articles.LONGEST_BODY)
    is_published = serializers.BooleanField(default=True)


class Articles(base.ApiView):
    area = "guidance"
    allowed = {"GET": base.anybody, "POST": base.admins}

    @extend_schema(operation_id="articles_list", parameters=[ArticlesAsked], responses=paged(ArticleShown))
    def get(self, request: Request) -> Response:
        """Articles, the newest first. Customers see what is published; agents the last edition of each."""
        asked = base.query(request, ArticlesAsked)
        if asked.get("q"):
            found = searching.find(
                asked["q"], articles.languages(base.language(request)), topic=asked.get("topic", "")
            )
            order = {article.pk: place for place, article in enumerate(found)}
            rows = sorted(articles_for(request).filter(pk__in=order), key=lambda row: order[row.pk])
            return Response({"next": None, "results": article_rows(request, rows)})
        rows = articles_for(request)
        if asked.get("topic"):
            rows = rows.filter(topics__contains=[asked["topic"]])
        return base.page(request, rows, asked, lambda page: article_rows(request, page))

    @extend_schema(operation_id="articles_write", request=NewArticle, responses={201: ArticleShown})
    def post(self, request: Request) -> Response:
        """Write an article. Without a slug it gets one from its title."""
        given = base.body(request, NewArticle, policy=policy_of(version_in_force(now())))
        publish = given.pop("is_published")
        article = articles.write(by=request.user, at=now(), publish=publish, **given)
        headers = {"Location": reverse("api:article", args=[article.pk])}
        return Response(article_shown(request, article.pk), status=201, headers=headers)


class OneArticle(base.ApiView):
    area = "guidance"
    allowed = {"GET": base.anybody, "PATCH": base.admins}

    def state(self, request: Request, pk: int, *, lock: bool = False) -> Any:
        if lock:
            Article.objects.select_for_update().filter(pk=pk).first()
        return article_shown(request, pk)

    @extend_schema(operation_id="articles_read", responses=ArticleShown)
    def get(self, request: Request, pk: int) -> Response:
        """One article."""
        return tagged(request, article_shown(request, pk))

    @extend_schema(operation_id="articles_rewrite", request=ArticleChanged, responses=ArticleShown)
    def patch(self, request: Request, pk: int) -> Response:
        """Change what is sent. Other words make another edition; the ones before stay and can be published again."""
        article = Article.objects.filter(pk=pk).first()
        if article is None:
            raise Http404("There is no such article.")
        given = base.body(request, ArticleChanged, policy=policy_of(version_in_force(now())))
        publish = given.pop("is_published", article.published_id is not None)
        articles.rewrite(article, by=request.user, at=now(), publish=publish, **given)
        if not publish:
            articles.show(article, None)
        return tagged(request, article_shown(request, pk))


def articles_for(request: Request) -> QuerySet[Article]:
    rows = Article.objects.select_related("published").annotate(times=Count("deflections"))
    return rows if request.user.is_agent else rows.filter(published__isnull=False)


def article_rows(request: Request, rows: Iterable[Article]) -> Any:
    rows = list(rows)
    last = {}
    if request.user.is_agent:
        found = articles.Edition.objects.filter(article__in=rows).order_by("article_id", "-number")
        last = {edition.article_id: edition for edition in found.distinct("article_id")}
    return [_article(request, row, last.get(row.pk, row.published)) for row in rows]


def _article(request: Request, row: Any, edition: Any) -> dict[str, Any]:
    told = {
        "id": row.pk, "slug": row.slug, "topics": row.topics, "title": edition.title, "body": edition.body,
        "edition": edition.number, "changed_at": edition.at, "is_published": row.published_id == edition.pk,
        "solved": row.times if request.user.is_agent else None,
    }  # fmt: skip
    return ArticleShown(told).data


def article_shown(request: Request, pk: int) -> dict[str, Any]:
    row = articles_for(request).filter(pk=pk).first()
    if row is None:
        raise Http404("There is no such article.")
    return article_rows(request, [row])[0]


# --- components and incidents -----------------------------------------------------------------------------------------


class ComponentShown(serializers.Serializer):
    id = serializers.IntegerField()
    name = serializers.DictField(child=serializers.CharField())
    note = serializers.DictField(child=serializers.CharField())
    impact = serializers.ChoiceField(
        [("", "it works"), *Incident.Impact.choices], help_text="The worst of what runs now; empty: it works."
    )


class UpdateShown(serializers.Serializer):
    state = serializers.ChoiceField(Incident.State.choices)
    body = serializers.DictField(child=serializers.CharField())
    at = Moment()


class IncidentShown(serializers.Serializer):
    id = serializers.IntegerField()
    title = serializers.DictField(child=serializers.CharField())
    impact = serializers.ChoiceField(Incident.Impact.choices)
    state = serializers.ChoiceField(Incident.State.choices)
    components = serializers.ListField(child=serializers.IntegerField())
    starts_at = Moment()
    ends_at = Moment(allow_null=True)
    resolved_at = Moment(allow_null=True)
    updated_at = Moment()
    updates = UpdateShown(many=True)


class IncidentsAsked(Paged):
    running = serializers.BooleanField(
        required=False, help_text="true: what is wrong right now; false: the rest."
    )


class IncidentChanged(Strict):
    title = text(articles.LONGEST_TITLE, required=False)
    impact = serializers.ChoiceField(Incident.Impact.choices, required=False)
    components = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=2**63 - 1), required=False, max_length=MOST_COMPONENTS,
        help_text="Ids of the components that it touches.",
    )  # fmt: skip
    starts_at = Moment(required=False)
    ends_at = Moment(required=False, help_text="Of maintenance alone, which has one.")


class NewIncident(IncidentChanged):
    title = text(articles.LONGEST_TITLE)
    impact = serializers.ChoiceField(Incident.Impact.choices, default="partial")
    state = serializers.ChoiceField(
        Incident.State.choices, required=False, help_text="Left out: investigating; of maintenance, planned."
    )
    body = text(incidents.LONGEST_UPDATE)


class NewUpdate(Strict):
    state = serializers.ChoiceField(Incident.State.choices)
    body = text(incidents.LONGEST_UPDATE)


class Components(base.ApiView):
    area = "guidance"
    allowed = {"GET": base.anybody}

    @extend_schema(operation_id="components_list", responses=ComponentShown(many=True))
    def get(self, request: Request) -> Response:
        """The components of the status page, and how each is right now."""
        standing = incidents.standing(incidents.running(now()))
        told = [
            {"id": each.component.pk, "name": each.component.name, "note": each.component.note, "impact": each.impact}
            for each in standing
        ]  # fmt: skip
        return Response(ComponentShown(told, many=True).data)


class Incidents(base.ApiView):
    area = "guidance"
    allowed = {"GET": base.anybody, "POST": base.agents}

    @extend_schema(operation_id="incidents_list", parameters=[IncidentsAsked], responses=paged(IncidentShown))
    def get(self, request: Request) -> Response:
        """Incidents and maintenance with their updates, the last entered first."""
        asked = base.query(request, IncidentsAsked)
        rows = told_incidents()
        if "running" in asked:
            running = incidents.are_running(now())
            rows = rows.filter(running) if asked["running"] else rows.exclude(running)
        return base.page(request, rows, asked, lambda page: [incident_row(row) for row in page])

    @extend_schema(operation_id="incidents_open", request=NewIncident, responses={201: IncidentShown})
    def post(self, request: Request) -> Response:
        """Open an incident, or plan maintenance: customers see it on the status page and before they ask."""
        given = base.body(request, NewIncident)
        given["components"] = components_of(given.get("components", []))
        incident = incidents.open_incident(by=request.user, at=now(), **given)
        headers = {"Location": reverse("api:incident", args=[incident.pk])}
        return Response(incident_shown(incident.pk), status=201, headers=headers)


class OneIncident(base.ApiView):
    area = "guidance"
    allowed = {"GET": base.anybody, "PATCH": base.agents}

    def state(self, request: Request, pk: int, *, lock: bool = False) -> Any:
        if lock:
            Incident.objects.select_for_update().filter(pk=pk).first()
        return incident_shown(pk)

    @extend_schema(operation_id="incidents_read", responses=IncidentShown)
    def get(self, request: Request, pk: int) -> Response:
        """One incident with its updates, the newest first."""
        return tagged(request, incident_shown(pk))

    @extend_schema(operation_id="incidents_correct", request=IncidentChanged, responses=IncidentShown)
    def patch(self, request: Request, pk: int) -> Response:
        """Put right what was said when it was opened. What is new is an update."""
        incident = incident_of(pk)
        given = base.body(request, IncidentChanged)
        if "components" in given:
            given["components"] = components_of(given["components"])
        incidents.correct(incident, **given)
        return tagged(request, incident_shown(pk))


class IncidentUpdates(base.ApiView):
    area = "guidance"
    allowed = {"POST": base.agents}

    @extend_schema(operation_id="incidents_update", request=NewUpdate, responses={201: IncidentShown})
    def post(self, request: Request, pk: int) -> Response:
        """Say what is new. `resolved` ends it; any other state after that opens it again."""
        incident = incident_of(pk)
        given = base.body(request, NewUpdate)
        incidents.post_update(incident, by=request.user, at=now(), **given)
        return Response(incident_shown(pk), status=201)


def told_incidents() -> QuerySet[Incident]:
    return Incident.objects.prefetch_related(
        "components", Prefetch("updates", Update.objects.order_by("-at", "-id"))
    )


def incident_of(pk: int) -> Incident:
    incident = told_incidents().filter(pk=pk).first() if pk < 2**63 else None
    if incident is None:
        raise Http404("There is no such incident.")
    return incident


def incident_shown(pk: int) -> dict[str, Any]:
    return incident_row(incident_of(pk))


def incident_row(row: Incident) -> dict[str, Any]:
    names = ("title", "impact", "state", "starts_at", "ends_at", "resolved_at", "updated_at")
    told = {name: getattr(row, name) for name in names} | {
        "id": row.pk,
        "components": [component.pk for component in row.components.all()],
        "updates": list(row.updates.all()),
    }
    return IncidentShown(told).data


def components_of(keys: list[int]) -> list[Component]:
    found = Component.objects.in_bulk(keys)
    if missing := [key for key in keys if key not in found]:
        raise Refusal({"components": f"There is no component {missing[0]}."})
    return list(found.values())
