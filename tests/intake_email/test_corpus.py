"""The corpus: every mail in it is understood as a person would."""

import pytest

from tests.intake_email.corpus import CASES
from tests.intake_email.letters import AT
from tickets.intake.email.mail import read_mail

SEEN = {
    "sender_is": lambda mail: (mail.sender.email, mail.sender.name),
    "sender_email": lambda mail: mail.sender.email,
    "said": lambda mail: mail.text,
    "files": lambda mail: [file.name for file in mail.files],
    "written": lambda mail: mail.written_at.isoformat()[:16],
    "is_forged": lambda mail: mail.verdicts.is_forged,
    "bounce": lambda mail: (
        mail.bounce
        and (mail.bounce.recipient, mail.bounce.action, mail.bounce.status, mail.bounce.message_id)
    ),
}


@pytest.mark.parametrize(("raw", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_a_mail_of_the_corpus_is_understood(raw, expected):
    mail = read_mail(raw, AT)
    assert expected
    for name, wanted in expected.items():
        if name == "has":
            assert [piece for piece in wanted if piece not in mail.text] == [], mail.text
        elif name == "quoted":
            assert (wanted in mail.quoted) if wanted else mail.quoted == "", (mail.text, mail.quoted)
        elif name == "robot":
            assert (wanted in mail.why_automatic) if wanted else mail.why_automatic == "", mail.why_automatic
        elif name == "html_has":
            assert [piece for piece in wanted if piece not in mail.html] == [], mail.html
        elif name == "html_lacks":
            assert [piece for piece in wanted if piece in mail.html] == [], mail.html
        else:
            assert SEEN.get(name, lambda mail, name=name: getattr(mail, name))(mail) == wanted, name


def test_the_corpus_is_as_large_as_promised_and_holds_no_mail_twice():
    assert len(CASES) >= 150
    assert len({raw for _, raw, _ in CASES}) == len(CASES)
    assert len({name for name, _, _ in CASES}) == len(CASES)
