"""Two people at once, uploads that break off, files that change: one wins, the other is told."""

import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from time_machine import TimeMachineFixture

from luoshi.base import files
from luoshi.base.models import StoredFile
from luoshi.base.refused import BadInput, Refused
from luoshi.duties import actions
from luoshi.duties.models import Assignment, Occurrence, Review, SubmissionFile, Transition
from luoshi.orgs import actions as orgs
from tests.cast import AT, Cast
from tests.duties.test_handing import issue, occurrence
from tests.duties.test_settling import fresh


def together(*acts: Callable[[], HttpResponse]) -> list[HttpResponse]:
    """Let each act go off in a thread of its own, at the same moment."""
    start, answers = threading.Barrier(len(acts)), dict[int, HttpResponse]()

    def run(number: int, act: Callable[[], HttpResponse]) -> None:
        try:
            start.wait()
            answers[number] = act()
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=one) for one in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [answers[number] for number in range(len(acts))]


@pytest.mark.django_db(transaction=True)
def test_two_reviewers_at_once(cast: Cast, time_machine: TimeMachineFixture) -> None:
    time_machine.move_to(AT, tick=False)
    issue(cast)
    owed = occurrence(cast, "beidu_b1")
    actions.submit(owed, note="上了", by=cast.users["beidu_b1_secretary"], at=AT)

    def reviewer(name: str, verdict: str, note: str) -> Callable[[], HttpResponse]:
        client = Client()
        cast.sign_in(client, name)
        address = reverse("occurrence_review", args=[owed.pk])
        sent = {"verdict": verdict, "note": note, "version": owed.version}
        return lambda: client.post(address, sent)

    notes = ("照片和签到表都齐", "缺签到表")
    answers = together(
        reviewer("office_clerk", "accepted", notes[0]),
        reviewer("bureau_head", "returned", notes[1]),
    )
    assert sorted(a.status_code for a in answers) == [303, 409]
    assert Review.objects.count() == 1
    for answer, note in zip(answers, notes, strict=True):
        if answer.status_code == 409:
            assert note in answer.content.decode(), "what was typed comes back"
        else:
            assert Review.objects.get().note == note


@pytest.mark.django_db(transaction=True)
def test_two_parts_that_close_at_once_close_what_stands_above(
    cast: Cast, time_machine: TimeMachineFixture
) -> None:
    time_machine.move_to(AT, tick=False)
    issue(cast)
    above = occurrence(cast, "beidu", "once")
    actions.break_down(
        above.assignment, [(cast.units[b], "", "") for b in ("beidu_b1", "beidu_b2")],
        by=cast.users["beidu_clerk"], at=AT,
    )  # fmt: skip
    gave = cast.users["office_clerk"]
    actions.waive(above, reason="看下级", by=gave, at=AT)
    clients = []
    for branch in ("beidu_b1", "beidu_b2"):
        part = Occurrence.objects.get(assignment__parent=above.assignment, unit=cast.units[branch])
        actions.submit(part, note="办好", by=cast.users[f"{branch}_secretary"], at=AT)
        client = Client()
        cast.sign_in(client, "beidu_head")
        address = reverse("occurrence_review", args=[part.pk])
        sent = {"verdict": "accepted", "version": fresh(part).version}
        clients.append(lambda c=client, a=address, s=sent: c.post(a, s))
    assert [a.status_code for a in together(*clients)] == [303, 303]
    assert Assignment.objects.get(pk=above.assignment_id).state == "closed"


class Broken(OSError):
    """The connection of the sender is gone."""


def breaking() -> Iterator[bytes]:
    yield b"half of it"
    raise Broken()


def test_an_upload_that_breaks_off_leaves_nothing(cast: Cast) -> None:
    issue(cast)
    owed = occurrence(cast, "beidu_b1")
    uploads = [
        actions.Upload("全.txt", "text/plain", [b"whole"]),
        actions.Upload("半.txt", "text/plain", breaking()),
    ]
    with pytest.raises(Broken):
        actions.submit(
            owed, note="上了", uploads=uploads, by=cast.users["beidu_b1_secretary"], at=AT
        )
    assert Occurrence.objects.get(pk=owed.pk).state == "open"
    assert not StoredFile.objects.exists()
    assert not Transition.objects.exists()
    left = list(Path(settings.FILES_DIR).glob("*/*"))
    assert left
    assert files.sweep(AT.now(AT.tzinfo) + timedelta(days=2)) == len(left)


def test_three_hundred_files_are_refused_with_the_way_out(cast: Cast, client: Client) -> None:
    issue(cast)
    owed = occurrence(cast, "beidu_b1")
    cast.sign_in(client, "beidu_b1_secretary")
    sent = {
        "note": "照片三百张",
        "version": owed.version,
        "files": [SimpleUploadedFile(f"{n}.jpg", b"x") for n in range(300)],
    }
    answer = client.post(reverse("occurrence_submit", args=[owed.pk]), sent)
    page = answer.content.decode()
    assert answer.status_code == 400
    assert "20" in page
    assert not SubmissionFile.objects.exists()
    assert Occurrence.objects.get(pk=owed.pk).state == "open"


@pytest.mark.parametrize("harm", ["replaced", "gone"])
def test_a_file_changed_after_approval_is_not_handed_out(
    cast: Cast, client: Client, harm: str
) -> None:
    issue(cast)
    owed = occurrence(cast, "beidu_b1")
    upload = actions.Upload("签到表.txt", "text/plain", ["三十人".encode()])
    actions.submit(owed, note="上了", uploads=[upload], by=cast.users["beidu_b1_secretary"], at=AT)
    actions.accept(fresh(owed), by=cast.users["office_clerk"], at=AT)
    stored = StoredFile.objects.get()
    address = reverse("occurrence_file", args=[owed.pk, stored.pk])
    cast.sign_in(client, "office_clerk")
    whole = client.get(address)
    assert whole.getvalue() == "三十人".encode()
    path = files.path_of(stored.organisation_id, stored.pk)
    if harm == "gone":
        path.unlink()
    else:
        path.write_bytes("四十人".encode())
    page = client.get(reverse("occurrence", args=[owed.pk])).content.decode()
    assert "与登记的不一致" in page
    assert "审核已失效" in page
    refused = client.get(address)
    assert refused.status_code == 409
    assert "签到表.txt" in refused.content.decode()


class TestMeanwhile:
    def test_no_part_to_oneself_or_above(self, cast: Cast) -> None:
        issue(cast)
        owed = occurrence(cast, "beidu", "once")
        for unit in ("beidu", "bureau", "nanping"):
            with pytest.raises(actions.NotBelow):
                actions.break_down(
                    owed.assignment, [(cast.units[unit], "", "")],
                    by=cast.users["beidu_clerk"], at=AT,
                )  # fmt: skip

    def test_no_part_to_a_unit_that_was_closed(self, cast: Cast) -> None:
        issue(cast)
        owed = occurrence(cast, "beidu", "once")
        unit = orgs.create_unit(
            name="第三支部", unit_kind="branch", parent=cast.units["beidu"],
            on=AT.date() - timedelta(days=9), by=cast.admin, at=AT,
        )  # fmt: skip
        orgs.close_unit(unit, on=AT.date(), by=cast.admin, at=AT)
        with pytest.raises(actions.NotBelow):
            actions.break_down(
                owed.assignment, [(unit, "", "")], by=cast.users["beidu_clerk"], at=AT
            )
        asked = actions.ask(
            owed.assignment, "objection", reason="不是我们的", by=cast.users["beidu_clerk"], at=AT
        )
        with pytest.raises(Refused):
            actions.grant(asked, moved_to=unit, by=cast.users["office_clerk"], at=AT)
        assert Occurrence.objects.get(pk=owed.pk).state == "open"

    def test_no_report_before_its_day(self, cast: Cast) -> None:
        issue(cast)
        with pytest.raises(BadInput):
            actions.submit(
                occurrence(cast, "beidu_b1"), note="好", happened_on=AT.date() + timedelta(days=2),
                by=cast.users["beidu_b1_secretary"], at=AT,
            )  # fmt: skip
