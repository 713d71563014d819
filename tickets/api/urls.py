"""/api/v1/. Nouns throughout: a change of a ticket has an address of its own."""

from __future__ import annotations

from django.urls import path, re_path

from tickets.api import (
    attachments,
    base,
    changes,
    companies,
    docs,
    events,
    licences,
    messages,
    people,
    policy,
    publication,
    regrouping,
    tickets,
    topics,
    windows,
)
from tickets.duty import api as duty
from tickets.webhooks import api as webhooks

app_name = "api"
CHANGES = {
    "assignment": changes.Assignment,
    "triage": changes.Triage,
    "waiting": changes.Waiting,
    "resolution": changes.Resolution,
    "closure": changes.Closure,
    "reopening": changes.Reopening,
    "scope": changes.Scope,
    "situations": changes.Situations,
    "completeness": changes.Completeness,
    "participants": changes.Participants,
    "merging": regrouping.Merging,
    "splitting": regrouping.Splitting,
    "handover": regrouping.Handover,
    "exclusion": regrouping.Exclusion,
    "redactions": regrouping.Redactions,
}
urlpatterns = [
    path("", docs.Index.as_view(), name="index"),
    path("schema/", docs.Schema.as_view(), name="schema"),
    path("docs/", docs.Docs.as_view(), name="docs"),
    path("me/", people.Me.as_view(), name="me"),
    path("tickets/", tickets.Tickets.as_view(), name="tickets"),
    path("tickets/<int:number>/", tickets.OneTicket.as_view(), name="ticket"),
    path("tickets/<int:number>/messages/", messages.Messages.as_view(), name="messages"),
    path("tickets/<int:number>/attachments/", attachments.Attachments.as_view(), name="attachments"),
    path("tickets/<int:number>/events/", events.Events.as_view(), name="events"),
    path("tickets/<int:number>/clocks/", tickets.Clocks.as_view(), name="clocks"),
    path("tickets/<int:number>/explanation/", tickets.Explanation.as_view(), name="explanation"),
    *(path(f"tickets/<int:number>/{noun}/", view.as_view(), name=noun) for noun, view in CHANGES.items()),
    path("tickets/<int:number>/claim/", duty.Claim.as_view(), name="claim"),
    path("duty/", duty.Duty.as_view(), name="duty"),
    path("feeds/", duty.Feeds.as_view(), name="feeds"),
    path("feeds/<int:pk>/", duty.OneFeed.as_view(), name="feed"),
    path("attachments/<int:pk>/", attachments.OneAttachment.as_view(), name="attachment"),
    path("reports/declined/", regrouping.Declined.as_view(), name="declined"),
    path("topics/", topics.Topics.as_view(), name="topics"),
    path("teams/", topics.Teams.as_view(), name="teams"),
    path("policy/", policy.PolicyInForce.as_view(), name="policy"),
    path("policy/explanation/", policy.PolicyExplanation.as_view(), name="policy-explanation"),
    path("policy/draft/", publication.Draft.as_view(), name="policy-draft"),
    path("policy/versions/", publication.Versions.as_view(), name="policy-versions"),
    path("windows/", windows.Windows.as_view(), name="windows"),
    path("windows/<int:pk>/", windows.OneWindow.as_view(), name="window"),
    path("companies/", companies.Companies.as_view(), name="companies"),
    path("companies/<uuid:reference>/", companies.OneCompany.as_view(), name="company"),
    path("licences/", licences.Licences.as_view(), name="licences"),
    path("licences/<int:pk>/", licences.OneLicence.as_view(), name="licence"),
    path("people/", people.People.as_view(), name="people"),
    path("people/<int:pk>/", people.OnePerson.as_view(), name="person"),
    path("people/<int:pk>/deactivation/", people.Deactivation.as_view(), name="deactivation"),
    path("webhooks/", webhooks.Webhooks.as_view(), name="webhooks"),
    path("webhooks/<int:pk>/", webhooks.OneWebhook.as_view(), name="webhook"),
    path("webhooks/<int:pk>/secret/", webhooks.WebhookSecret.as_view(), name="webhook-secret"),
    path("webhooks/<int:pk>/deliveries/", webhooks.Deliveries.as_view(), name="webhook-deliveries"),
    path(
        "webhooks/<int:pk>/deliveries/<int:delivery>/replay/",
        webhooks.DeliveryReplay.as_view(),
        name="webhook-replay",
    ),
    re_path(r"", base.Nowhere.as_view()),
]
