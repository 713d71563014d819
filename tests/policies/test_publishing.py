"""A draft becomes a version that binds; calendars are versioned apart."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from policies import draft, models, packs, publishing
from sla.calendars import hours_at
from sla.models import Calendar
from tenants import wakeups
from tenants.customers.models import Team

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def dora(tenant_a, person):
    return person("dora")


def revision():
    return draft.state().revision


def double_the_first_target(at=NOW):
    row = models.Target.objects.first()
    models.Target.objects.filter(pk=row.pk).update(duration=row.duration * 2)
    return draft.touch(at)


def test_the_version_in_force_is_the_highest_number_that_has_begun(dora):
    first = publishing.version_in_force(NOW)
    double_the_first_target()
    later = publishing.publish(revision=revision(), by=dora, at=NOW, effective_from=NOW + 24 * HOUR)
    assert later.number == first.number + 1
    assert publishing.version_in_force(NOW + 23 * HOUR).number == first.number
    assert publishing.version_in_force(NOW + 24 * HOUR).number == later.number


def test_a_later_publication_overtakes_one_that_was_planned(dora):
    double_the_first_target()
    planned = publishing.publish(revision=revision(), by=dora, at=NOW, effective_from=NOW + 24 * HOUR)
    assert [v.number for v in publishing.planned_versions(NOW)] == [planned.number]
    assert [v.number for v in publishing.preview(at=NOW).overtaken] == [planned.number]
    double_the_first_target()
    newest = publishing.publish(revision=revision(), by=dora, at=NOW)
    assert publishing.version_in_force(NOW + 48 * HOUR).number == newest.number
    assert publishing.planned_versions(NOW) == []


def test_before_the_first_version_no_policy_is_in_force(dora):
    with pytest.raises(publishing.NoPolicy):
        publishing.version_in_force(datetime(2001, 1, 1, tzinfo=UTC))


def test_asking_for_the_version_in_force_is_one_query_without_the_document(dora, django_assert_num_queries):
    publishing.policy_of(publishing.version_in_force(NOW))
    with django_assert_num_queries(1):
        version = publishing.version_in_force(NOW)
        publishing.policy_of(version)
    assert "document" in version.get_deferred_fields()


def test_a_revision_that_was_not_shown_is_not_published(dora, person):
    shown = publishing.preview(at=NOW).revision
    double_the_first_target()  # another admin, meanwhile
    with pytest.raises(publishing.DraftMoved):
        publishing.publish(revision=shown, by=dora, at=NOW)
    with pytest.raises(publishing.DraftMoved):
        publishing.preview(shown, at=NOW)


def test_a_policy_with_an_error_is_not_published(dora):
    models.Target.objects.filter(pk=models.Target.objects.first().pk).update(calendar="nowhere")
    current = draft.touch(NOW)
    with pytest.raises(publishing.PolicyHasErrors) as refused:
        publishing.publish(revision=current, by=dora, at=NOW)
    assert any(problem.path.startswith("targets[0]") for problem in refused.value.problems)
    assert publishing.preview(at=NOW).errors


def test_a_version_cannot_take_effect_in_the_past(dora):
    with pytest.raises(publishing.Refused):
        publishing.publish(revision=revision(), by=dora, at=NOW, effective_from=NOW - HOUR)


def test_publishing_hints_the_workers_at_the_moment_it_takes_effect(dora):
    publishing.publish(revision=revision(), by=dora, at=NOW, effective_from=NOW + 5 * HOUR)
    before = len(wakeups.seen_hints("publish", NOW + 4 * HOUR))
    assert len(wakeups.seen_hints("publish", NOW + 5 * HOUR)) == before + 1


def test_the_policys_own_effective_date_holds_where_none_is_said_sl12(dora):
    policy = replace(draft.export_draft(), effective_on=date(2027, 1, 19))
    draft.load_draft(policy, at=NOW)
    version = publishing.publish(revision=revision(), by=dora, at=NOW)
    assert version.effective_from == datetime(2027, 1, 19, 3, tzinfo=UTC)  # midnight in São Paulo


def test_the_preview_says_old_and_new_in_the_readers_language(dora):
    double_the_first_target()
    sentences = publishing.preview(at=NOW, language="en").differences
    assert len(sentences) == 1
    assert "24 hours → 48 hours" in sentences[0]
    assert publishing.preview(at=NOW, language="pt-br").differences


def test_rolling_back_publishes_the_old_document_under_a_new_number(dora):
    first = publishing.version_in_force(NOW)
    before = publishing.policy_of(first)
    double_the_first_target()
    second = publishing.publish(revision=revision(), by=dora, at=NOW)
    third = publishing.roll_back(first.number, revision=revision(), by=dora, at=NOW + HOUR)
    assert third.number == second.number + 1
    assert third.fingerprint == first.fingerprint
    assert draft.export_draft() == before


def test_a_published_version_keeps_its_document(dora):
    first = publishing.version_in_force(NOW)
    said = models.PolicyVersion.objects.get(pk=first.pk).document
    double_the_first_target()
    publishing.publish(revision=revision(), by=dora, at=NOW)
    assert models.PolicyVersion.objects.get(pk=first.pk).document == said


def test_only_calendars_that_changed_get_a_version(dora):
    before = Calendar.objects.count()
    double_the_first_target(datetime(2025, 6, 1, tzinfo=UTC))
    publishing.publish(revision=revision(), by=dora, at=datetime(2025, 6, 1, tzinfo=UTC))
    assert Calendar.objects.count() == before


def add_holiday(day):
    calendar = models.Calendar.objects.get(key="business")
    models.Holiday.objects.create(
        calendar=calendar, kind="own", day=day, name="Aniversário da empresa", position=99
    )
    return draft.touch(NOW)


def test_a_published_holiday_counts_from_now_and_changes_nothing_before_r16(dora):
    day = date(2026, 11, 25)
    at = datetime(2026, 11, 25, 13, tzinfo=UTC)  # a Wednesday, 10:00 in São Paulo
    assert hours_at("business", NOW).is_open(at)
    publishing.publish_calendar("business", revision=add_holiday(day), by=dora, at=NOW)
    assert not hours_at("business", NOW).is_open(at)
    assert hours_at("business", NOW - HOUR).is_open(at)


def test_publishing_a_calendar_publishes_nothing_else_of_the_draft(dora):
    first = publishing.policy_of(publishing.version_in_force(NOW))
    double_the_first_target()
    publishing.publish_calendar("business", revision=add_holiday(date(2026, 11, 25)), by=dora, at=NOW)
    policy = publishing.policy_of(publishing.version_in_force(NOW))
    assert policy.targets == first.targets
    assert policy.calendars != first.calendars
    assert publishing.preview(at=NOW).differences  # the target is still unpublished


def test_a_planned_version_survives_a_published_holiday(dora):
    double_the_first_target()
    planned = publishing.publish(revision=revision(), by=dora, at=NOW, effective_from=NOW + 24 * HOUR)
    versions = publishing.publish_calendar(
        "business", revision=add_holiday(date(2026, 12, 9)), by=dora, at=NOW + HOUR
    )
    assert len(versions) == 2
    then = publishing.version_in_force(NOW + 25 * HOUR)
    assert then.number > planned.number
    policy = publishing.policy_of(then)
    assert policy.targets == publishing.policy_of(planned).targets
    assert date(2026, 12, 9) in policy.calendars[0].own_holidays


def test_library_holidays_are_written_out_from_two_years_back_to_five_ahead_zp02(dora):
    publishing.publish_calendar("business", revision=add_holiday(date(2026, 11, 25)), by=dora, at=NOW)
    holidays = Calendar.objects.filter(key="business").latest("effective_from").document["holidays"]
    years = {day[:4] for day in holidays}
    assert {"2024", "2031"} <= years
    assert "2032" not in years
    assert "2026-12-25" in holidays
    assert "2026-12-24" not in holidays  # category optional: off by default


def test_the_yearly_job_adds_the_next_year_once(dora):
    later = datetime(2028, 1, 1, 6, tzinfo=UTC)
    assert publishing.renew_holidays(later) == ["business"]
    assert publishing.renew_holidays(later + HOUR) == []


def test_publishing_a_pack_twice_is_one_version(dora):
    policy = publishing.policy_of(publishing.version_in_force(NOW))
    assert publishing.publish_pack(policy, NOW).number == publishing.version_in_force(NOW).number


def test_the_policys_teams_exist_after_publishing(tenant_a):
    policy = packs.load_pack("360dialog")
    publishing.publish_pack(policy, NOW)
    assert set(policy.teams) <= set(Team.objects.values_list("key", flat=True))


def test_the_twin_tenant_keeps_its_own_version(tenant_b, tenant_a, person):
    from django.db import connection

    double_the_first_target()
    publishing.publish(revision=revision(), by=person("dora"), at=NOW)
    mine = publishing.policy_of(publishing.version_in_force(NOW))
    connection.set_tenant(tenant_b)
    theirs = publishing.policy_of(publishing.version_in_force(NOW))
    assert theirs != mine
    assert publishing.version_in_force(NOW).number == 1
