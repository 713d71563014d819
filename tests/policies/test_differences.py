"""What differs between two policies is said as people say it: names, not keys."""

from dataclasses import replace

from policies.differences import differences
from policies.packs import load_pack


def test_rules_are_told_with_the_names_of_what_they_are_about():
    old = load_pack("360dialog")
    target = next(t for t in old.targets if t.when.plans == ("premium",))
    narrower = replace(target, when=replace(target.when, plans=("premium", "basic"), priorities=("1",)))
    new = replace(old, targets=tuple(narrower if t is target else t for t in old.targets))
    said = " / ".join(differences(old, new, "en"))
    assert "Target “First response · Premium, Basic · Critical”" in said
    assert "plans Premium → Premium, Basic" in said
    assert "priorities none → Critical" in said


def test_a_new_order_names_what_was_ordered():
    old = load_pack("zoom")
    said = differences(old, replace(old, plans=tuple(reversed(old.plans))), "pt-br")
    names = ", ".join(plan.name["pt-br"] for plan in reversed(old.plans))
    assert [sentence for sentence in said if sentence.endswith(names)] == said
