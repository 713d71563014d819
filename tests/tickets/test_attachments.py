"""What may be attached: told by content, and a video's length measured from the file itself (ZP06)."""

import struct
from dataclasses import replace

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from policies.document import AttachmentRule
from policies.packs import load_pack
from tests.tickets.films import film, song
from tickets.attachments import check, kind_of, look, measuring
from tickets.models import Attachment

PNG = b"\x89PNG\r\n\x1a\n" + b"\x00\x00\x00\rIHDR" + b"\x00" * 40
GIF = b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff!\xf9\x04" + b"\x00" * 40
Z_PRO = load_pack("z-pro")  # a video lasts 30 s at most, and a message holds one
ANY_KIND = replace(Z_PRO, attachments=(AttachmentRule("any", videos_per_message=1, video_seconds=30),))
FRAGMENTS = {"movflags": "frag_keyframe+empty_moov"}


def upload(content, name="film.mp4", kind="application/octet-stream"):
    return SimpleUploadedFile(name, content, kind)


def lying(content, seconds):
    """An mp4 whose header says `seconds`: in mvhd, tkhd and mdhd (version 0, ISO 14496-12 8.2.2, 8.3.2, 8.4.2)."""
    content = bytearray(content)
    for box, duration, scale in (b"mvhd", 16, 12), (b"mdhd", 16, 12), (b"tkhd", 20, None):
        at = content.index(box) + 4
        ticks = struct.unpack_from(">I", content, at + scale)[0] if scale else 1000
        struct.pack_into(">I", content, at + duration, seconds * ticks)
    return bytes(content)


WAYS = {
    "mp4": lambda seconds: film(seconds),
    "mp4 with sound": lambda seconds: film(seconds, sound=True),
    "fragmented mp4": lambda seconds: film(seconds, **FRAGMENTS),
    "mov": lambda seconds: film(seconds, "mov"),
    "webm as browsers record it": lambda seconds: film(seconds, "webm", "libvpx", is_live=True),
    "avi": lambda seconds: film(seconds, "avi"),
    "transport stream": lambda seconds: film(seconds, "mpegts", "mpeg2video", rate=25),
}


@pytest.mark.parametrize("way", WAYS)
def test_zp06_a_video_of_31_seconds_is_refused_and_one_of_30_is_kept_however_it_was_recorded(way):
    assert check([upload(WAYS[way](30))], ANY_KIND, "") == []
    [why] = check([upload(WAYS[way](31))], ANY_KIND, "")
    assert why.startswith("film.mp4 lasts 31")
    assert why.endswith("seconds; a video may last at most 30.")


@pytest.mark.parametrize(
    ("name", "way"),
    [("shot.png", "mp4"), ("log.txt", "transport stream"), ("contract.pdf", "webm as browsers record it"), ("film", "mov"),
     ("a.gif", "avi")],
)  # fmt: skip
def test_zp06_a_renamed_video_is_a_video(name, way):
    file = upload(WAYS[way](31), name)
    assert look(file).is_video
    assert check([file], ANY_KIND, "")[0].startswith(f"{name} lasts 31 seconds")


def test_zp06_what_the_header_says_is_not_believed():
    assert check([upload(lying(film(40), 5))], Z_PRO, "")[0].startswith("film.mp4 lasts 40 seconds")
    assert check([upload(lying(film(5), 31))], Z_PRO, "") == []  # its pictures end after 5 seconds


def test_zp06_a_video_without_its_index_is_refused_with_the_reason():
    whole = film(10)  # ftyp, mdat, then moov: as a phone leaves it whose battery ended
    cut = whole[: whole.rindex(b"moov") - 4]
    [why] = check([upload(cut)], Z_PRO, "")
    assert why.startswith("film.mp4 is a video whose length cannot be read: it is damaged or incomplete.")
    assert check([upload(b"\x1aE\xdf\xa3" + b"\xff" * 500, "a.webm")], Z_PRO, "")


def test_zp06_one_video_in_a_message_and_pictures_and_sound_are_none():
    one, other = upload(film(5), "one.mp4"), upload(film(5), "other.png")
    assert check([one, other], Z_PRO, "") == ["At most 1 video in one message; you chose 2."]
    rest = [upload(song(40), "song.mp4"), upload(GIF, "moving.gif"), upload(PNG, "a.png")]
    assert check([one, *rest], ANY_KIND, "") == []
    assert [kind_of(file).partition("/")[0] for file in rest] == ["audio", "image", "image"]


def test_a_rule_without_limits_on_videos_measures_none(monkeypatch):
    monkeypatch.setattr(measuring, "measured", None)
    policy = replace(Z_PRO, attachments=(AttachmentRule("any"),))
    assert check([upload(film(31)), upload(film(31))], policy, "") == []


def test_a_file_that_is_refused_for_its_size_is_not_measured(monkeypatch):
    monkeypatch.setattr(measuring, "measured", None)
    policy = replace(Z_PRO, attachments=(AttachmentRule("any", max_bytes=1_000_000, video_seconds=30),))
    large = film(5) + b"\0" * 1_000_000
    assert check([upload(large)], policy, "") == ["film.mp4 is larger than 1 MB."]


@pytest.mark.parametrize(
    ("program", "reason"),
    [
        ("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)", "cannot be read"),
        ("print('no answer')", "cannot be read"),
        ("import time; time.sleep(60)", "could not be checked in time"),
        ("import resource; resource.setrlimit(resource.RLIMIT_CPU, (1, 1))\nwhile True: pass", "could not be checked"),
        ("import resource; resource.setrlimit(resource.RLIMIT_AS, (200_000_000,) * 2); bytearray(10**9)", "cannot be read"),
    ],
)  # fmt: skip
def test_a_process_that_crashes_or_hangs_refuses_its_file_and_nothing_else(
    tmp_path, monkeypatch, program, reason
):
    (tmp_path / "probe.py").write_text(program)
    monkeypatch.setattr(measuring, "PROBE", tmp_path / "probe.py")
    monkeypatch.setattr(measuring, "WALL", 2.0)
    [why] = check([upload(film(1))], Z_PRO, "")
    assert reason in why


def test_what_reads_the_video_may_neither_write_nor_open_what_a_playlist_names():
    playlist = b"#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n"
    assert look(upload(playlist, "a.m3u8"), measure=True).container == ""
    with pytest.raises(measuring.Unreadable):
        measuring.measured(upload(playlist), "mov")


def test_a_text_is_plain_text_whatever_it_is_about():
    for name in ("error.log", "table.csv", "answer.json", "trace.har", "program.py"):
        assert check([upload(b'{"error": 7}\n', name)], Z_PRO, "") == []


@pytest.mark.parametrize(
    ("content", "name", "kind"),
    [
        (b"it says no\n", "log.txt", "text/plain"),
        (b"it says no\n", "report.pdf", "text/plain"),
        (b"a;b\n1;2\n", "sheet.csv", "text/csv"),
        (b'{"a": 1}', "answer.json", "application/json"),
        (b"\x00\x01\x02\x03" * 20, "report.pdf", "application/octet-stream"),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF" + b"\x00" * 40, "a.txt", "image/jpeg"),
        (b"%PDF-1.7\n%\xe2\xe3\n", "a.png", "application/pdf"),
        ("é".encode() * 8192, "long.txt", "text/plain"),
        (b"x" + "é".encode() * 8192, "cut.txt", "text/plain"),
    ],
)
def test_a_kind_is_told_by_content_not_by_name(content, name, kind):
    assert kind_of(upload(content, name)) == kind


def test_files_are_kept_for_this_tenant_alone_under_a_random_name(tenant_a, person, opened_by):
    from pathlib import Path

    from django.db import connection

    opened_by("alice", files=[upload(film(2), "../../../tour.mp4")])
    kept = Attachment.objects.get()
    path = Path(kept.file.path)
    assert kept.file.name.startswith(f"{connection.schema_name}/attachments/")
    assert "tour" not in kept.file.name
    assert (path.stat().st_mode & 0o777, kept.kind) == (0o600, "video/mp4")


@pytest.fixture
def opened_by(person):
    """opened_by(name, files=...): a ticket of that person, by e-mail."""
    from tenants.moment import now
    from tickets.lifecycle import open_ticket

    def opened(name, **more):
        return open_ticket(
            requester=person(name), summary="It prints nothing", body="Since today.", at=now(), **more
        ).ticket

    return opened


def test_zp06_every_door_asks_the_same_rule(tenant_a, person, opened_by):
    """Mail sorts files out one by one, messengers file by file; pages, chat and API refuse the message as a whole."""
    from django.core.exceptions import ValidationError

    from tenants.moment import now
    from tickets.intake.conversing import Said
    from tickets.intake.conversing import sorted_out as by_messenger
    from tickets.intake.email.filing import sorted_out as by_mail
    from tickets.intake.email.parts import File
    from tickets.lifecycle import add_note, reply

    long, short = film(31), film(30)
    files = [
        File("long.mp4", "video/mp4", long),
        File("short.mp4", "video/mp4", short),
        File("two.mp4", "video/mp4", short),
    ]
    kept, refused = by_mail(files, Z_PRO, "")
    assert [file.name for file in kept] == ["short.mp4"]
    assert len(refused) == 2 and "lasts 31 seconds" in refused[0] and "two.mp4" in refused[1]
    said = Said.__new__(Said)
    object.__setattr__(said, "files", [upload(long, "long.mp4"), upload(short, "short.mp4")])
    object.__setattr__(said, "refused", [])
    kept, refused = by_messenger(said, Z_PRO, "")
    assert [file.name for file in kept] == ["short.mp4"] and "lasts 31 seconds" in refused[0]
    ticket = opened_by("alice")
    for write, who in ((reply, "alice"), (reply, "bob"), (add_note, "bob")):
        with pytest.raises(ValidationError, match="lasts 31 seconds"):
            write(ticket, author=person(who), body="See here.", at=now(), files=[upload(long)])
