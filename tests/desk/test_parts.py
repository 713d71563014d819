"""What parts of pages get beside their context."""

import pytest
from django.urls import NoReverseMatch, reverse

from tickets.jinja import address


@pytest.mark.parametrize(
    ("name", "args"),
    [
        ("desk:queue", ()),
        ("desk:ticket", (42,)),
        ("desk:ticket", (7_000_000_001,)),
        ("desk:clock", (42, "first_response")),
        ("agreements-desk:quote", (7,)),
        ("agreements-desk:correction", (7, 8)),
    ],
)
def test_an_address_is_what_django_makes_of_its_name(name, args):
    assert address(name, *args) == reverse(name, args=args)


def test_a_name_without_an_address_is_not_let_pass():
    with pytest.raises(NoReverseMatch):
        address("desk:nowhere", 1)
