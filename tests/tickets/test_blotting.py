"""Words that must go are found wrapped, quoted, formatted or cut; nothing else goes."""

import time

import pytest

from tickets.blotting import Blot

GONE = "[gone]"
LETTER = "My card is 4111 1111,\nvalid until May. Thanks!"


@pytest.mark.parametrize(
    ("said", "left"),
    [
        (LETTER, GONE),
        (f"He said: {LETTER} Really.", f"He said: {GONE} Really."),
        ("> My card is 4111\n> 1111, valid until\n> May. Thanks!", GONE),
        ("**My card** is `4111 1111`, valid\nuntil May. Thanks", GONE),
        ("a My card is 4111 1111, valid until May. Thanksgiving", "a My card is 4111 1111, valid until May. Thanksgiving"),
        ("My card is lost.", "My card is lost."),
        ("", ""),
    ],
)  # fmt: skip
def test_a_text_is_found_by_its_words_in_their_order(said, left):
    assert Blot([LETTER], GONE).out_of_text(said) == left


@pytest.mark.parametrize(
    ("secret", "said", "left"),
    [
        ("hunter2", "Try hunter2, Hunter2 or hunter22", f"Try {GONE}, {GONE} or hunter22"),
        ("a+b(c", "a+b(c a+b(cd aab(c", f"{GONE} a+b(cd aab(c"),
        ("ok", "It is ok", "It is ok"),
        ("ok", "OK!", GONE),
        ("123", "Code 123, not 1234", f"Code {GONE}, not 1234"),
        ("?!", "What?!", "What?!"),
        ("------------- 1", "1 of 21 and ------------- 1", f"1 of 21 and {GONE}"),
    ],
)  # fmt: skip
def test_a_short_text_goes_exactly_and_never_inside_another_word(secret, said, left):
    assert Blot([secret], GONE).out_of_text(said) == left


def test_what_a_cut_left_of_it_goes_from_copies_alone():
    blot = Blot([LETTER], GONE)
    assert blot.out_of_copy("My card is 4111 11…") == GONE
    assert blot.out_of_text("My card is 4111 11") == "My card is 4111 11", "somebody else's own words"
    assert blot.out_of_copy("My card is…") == "My card is…", "too little to know"


def test_a_long_text_goes_as_a_whole_and_in_one_mark():
    text = " ".join(f"word{n}" for n in range(1, 400))
    assert Blot([text], GONE).out_of_text(f"First {text}, then.") == f"First {GONE}, then."


def test_what_stands_in_its_place_is_left_alone():
    blot = Blot(["team", "removed"], "[removed by our team]")
    assert (
        blot.out_of_text("The team: [removed by our team]")
        == "The [removed by our team]: [removed by our team]"
    )


def test_in_json_states_keys_and_people_stay_but_not_what_a_customer_typed():
    said = {
        "status": "open",
        "number": "1234",
        "body": "It is open",
        "fields": {"status": "open"},
        "list": ["open", 5],
    }
    left = Blot(["open", "1234"], GONE).out_of(said)
    assert left == {
        "status": "open",
        "number": "1234",
        "body": f"It is {GONE}",
        "fields": {"status": GONE},
        "list": [GONE, 5],
    }


def test_a_part_that_was_quoted_is_seen_line_by_line():
    blot = Blot([f"Hello,\n{LETTER}\nKind regards"], GONE)
    assert blot.is_quoted_in("> valid until\n> May. Thanks!\n\nWhy?")
    assert not blot.is_quoted_in("> Hello,\n> my printer")


def test_texts_of_the_largest_mail_are_gone_through_in_a_moment():
    text = "\n".join(f"line {n} of a very long mail with ever the same words" for n in range(18_000))
    began = time.monotonic()
    blot = Blot([text], GONE)
    assert blot.out_of_text("> " + text.replace("\n", "\n> ") + " End.") == f"> {GONE} End."
    assert blot.is_quoted_in("> line 17000 of a very\n> long mail with ever the same words")
    assert time.monotonic() - began < 20


def test_every_time_that_it_is_said():
    assert Blot([LETTER], GONE).out_of_text(f"{LETTER} {LETTER} And: {LETTER}") == f"{GONE} And: {GONE}"
