"""Try it out: what the draft, or a published version, says to a request, until when, and why."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from policies import decisions, draft, explanation, publishing, words
from policies.admin.context import for_admins, page
from policies.calendars import hours_of, years_around
from policies.codec import DocumentError
from policies.document import Policy, say
from policies.facts import Facts
from tenants.moment import now


class TrialForm(forms.Form):
    """A request, in the words that rules use. All optional: what is not said takes the policy's default."""

    plan = forms.ChoiceField(label=gettext_lazy("Plan"), required=False)
    priority = forms.ChoiceField(label=gettext_lazy("Priority"), required=False)
    channel = forms.ChoiceField(label=gettext_lazy("Channel"), required=False)
    topic = forms.ChoiceField(label=gettext_lazy("Topic"), required=False)
    text = forms.CharField(
        label=gettext_lazy("What the customer writes"),
        required=False,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 3}),
    )
    situations = forms.MultipleChoiceField(
        label=gettext_lazy("While"),
        required=False,
        choices=list(words.SITUATIONS.items()),
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
    )
    at = forms.DateTimeField(
        label=gettext_lazy("When it arrives"),
        required=False,
        widget=UnfoldAdminTextInputWidget(attrs={"type": "datetime-local"}),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"],
    )

    def __init__(self, policy: Policy, language: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        parts = (("plan", policy.plans), ("priority", policy.priorities), ("topic", policy.topics))
        for name, each in (*parts, ("channel", policy.channels)):
            self.fields[name].choices = [
                ("", _("not said")),
                *((p.key, say(p.name, language) or p.key) for p in each),
            ]
            self.fields[name].widget = UnfoldAdminSelectWidget(choices=self.fields[name].choices)

    def facts(self) -> Facts:
        said = self.cleaned_data
        return Facts(
            channel=said["channel"],
            plan=said["plan"],
            priority=said["priority"],
            topic=said["topic"],
            text=said["text"],
            situations=frozenset(said["situations"]),
        )


@for_admins
def try_it_out(request: HttpRequest) -> HttpResponse:
    """The form by GET, so that a case can be sent to a colleague as a link."""
    language, at = get_language() or "en", now()
    which = request.GET.get("policy", "draft")
    try:
        policy, version = _policy(which, at)
    except (draft.NoDraft, publishing.NoPolicy, DocumentError) as error:
        return page(request, "admin/policy/try.html", _("Try it out"), unreadable=str(error))
    zone = ZoneInfo(policy.tz)
    asked = any(name in request.GET for name in ("plan", "text", "at", "topic"))
    form = TrialForm(policy, language, request.GET if asked else None, initial={"at": _local(at, zone)})
    answer = None
    if asked and form.is_valid():
        moment = form.cleaned_data["at"]
        moment = moment.replace(tzinfo=zone) if moment else at
        answer = explained(policy, form.facts(), moment, language, version)
    context = {"form": form, "which": which, "policy": policy, "zone": policy.tz, "answer": answer}
    return page(request, "admin/policy/try.html", _("Try it out"), **context)


def explained(
    policy: Policy, facts: Facts, at: datetime, language: str, version: int | None
) -> dict[str, Any]:
    """`explanation.explain` with its moments in the policy's zone and its keys in words."""
    hours, zone = hours_of(policy, years_around(at, policy.tz)), ZoneInfo(policy.tz)
    answer = explanation.explain(policy, facts, at, hours, language, version)
    answer["outcome_said"] = words.OUTCOMES.get(answer["outcome"], answer["outcome"])
    plan, priority = policy.plan(answer["plan"]), policy.priority(answer["priority"])
    answer["plan_said"] = say(plan.name, language) if plan else answer["plan"]
    answer["priority_said"] = (
        f"{priority.key} {say(priority.name, language)}" if priority else answer["priority"]
    )
    answer["arrives_at"] = at.astimezone(zone)
    for deadline in answer["deadlines"]:
        name = decisions.METRIC_NAMES.get(deadline["metric"], {"en": deadline["metric"]})
        deadline["name"] = say(name, language)
        deadline["due"] = _moment(deadline["due_at"], zone)
        late = deadline["breach_at"] != deadline["due_at"]
        deadline["breach"] = _moment(deadline["breach_at"], zone) if late else None
        deadline["rows"] = [
            {
                "from": _moment(part["from"], zone),
                "to": _moment(part["to"], zone),
                "counted": _counted(part["counted_seconds"]),
                "why": words.stretch(part["why"]),
            }
            for part in deadline["stretches"]
        ]
    return answer


def sentence_tried(request: HttpRequest) -> dict[str, Any]:
    """For the box above the scope rules: the rule that a sentence meets, in the draft."""
    sentence, topic = request.GET.get("sentence", "").strip(), request.GET.get("topic_key", "")
    try:
        policy = draft.export_draft()
    except (draft.NoDraft, DocumentError):
        return {}
    language = get_language() or "en"
    topics = [(each.key, say(each.name, language)) for each in policy.topics]
    tried: dict[str, Any] = {"topics": topics, "sentence": sentence, "topic_key": topic, "verdict": None}
    if sentence or topic:
        decision = decisions.decide(policy, Facts(text=sentence, topic=topic))
        tried["verdict"] = {
            "outcome": words.OUTCOMES.get(decision.outcome, decision.outcome),
            "in_scope": decision.outcome == "in_scope",
            "rule": decision.rule,
            "told": say(decision.sentence, language),
        }
    return {"trial": tried}


def _policy(which: str, at: datetime) -> tuple[Policy, int | None]:
    if which == "draft":
        return draft.export_draft(), None
    version = publishing.version_in_force(at)
    return publishing.policy_of(version), version.number


def _local(at: datetime, zone: ZoneInfo) -> str:
    return at.astimezone(zone).strftime("%Y-%m-%dT%H:%M")


def _moment(said: str | None, zone: ZoneInfo) -> datetime | None:
    return datetime.fromisoformat(said).astimezone(zone) if said else None


def _counted(seconds: int) -> str:
    if seconds == 0:
        return "–"
    hours, minutes, rest = seconds // 3600, seconds // 60 % 60, seconds % 60
    return " ".join(f"{n} {unit}" for n, unit in ((hours, "h"), (minutes, "min"), (rest, "s")) if n)
