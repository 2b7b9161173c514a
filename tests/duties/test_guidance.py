"""指导意见: both sides and nobody else; an answer at any time; the effect noted by who gave it."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from luoshi.base.refused import AlreadyDone, BadInput, NotAllowed, OutOfScope, Stale
from luoshi.duties import actions, guidance
from luoshi.duties.models import Guidance, GuidanceFile, Occurrence
from luoshi.ledger.models import Entry
from luoshi.orgs import access
from tests.cast import AT, TODAY, Cast
from tests.duties.test_handing import issue, occurrence

DAY = timedelta(days=1)


def guide(cast: Cast, who: str = "office_clerk", unit: str = "beidu", **more: Any) -> Guidance:
    """A note of the bureau to a unit; an answer is asked until the fifth day."""
    more = {"answer_by": TODAY + 5 * DAY, **more}
    words = {"subject": "河道巡查要看到现场", "text": "请把巡查路线补全，逢雨必查。"}
    return actions.guide(cast.units[unit], **{**words, **more}, by=cast.users[who], at=AT)


def kinds(note: Guidance) -> list[str]:
    rows = Entry.objects.filter(object_id=note.pk).order_by("at", "id")
    return list(rows.values_list("kind", flat=True))


def test_from_the_note_to_its_effect_and_a_further_one(cast: Cast) -> None:
    note = guide(cast)
    assert (note.giver, note.unit, note.state) == (
        cast.units["bureau"], cast.units["beidu"], "waiting",
    )  # fmt: skip
    head = cast.users["beidu_head"]
    upload = actions.Upload("路线.txt", "text/plain", [b"x"])
    said = actions.answer_guidance(note, text="已补", uploads=[upload], by=head, at=AT + DAY)
    assert (note.state, said.said_by) == ("open", "")
    actions.answer_guidance(note, text="再补两处", by=head, at=AT + 2 * DAY)
    actions.note_effect(
        note, effect="ineffective", found="雨后仍有两处未查", seen_on=TODAY + 9 * DAY,
        by=cast.users["bureau_head"], at=AT + 10 * DAY,
    )  # fmt: skip
    found = Guidance.objects.get()
    assert (found.state, found.effect, found.version) == ("closed", "ineffective", 4)
    assert kinds(note) == [
        "guidance.given", "guidance.answered", "guidance.answered", "guidance.effect_noted",
    ]  # fmt: skip
    next_one = guide(cast, follows=note, answer_by=None)
    assert (next_one.follows, next_one.state) == (note, "open")


@pytest.mark.parametrize(
    ("who", "unit"),
    [
        ("beidu_clerk", "beidu"),
        ("beidu_clerk", "nanping_b1"),
        ("beidu_clerk", "bureau"),
        ("office_member", "beidu"),
        ("beidu_b1_secretary", "beidu_b1"),
        ("office_clerk", "office"),
        ("nobody", "beidu"),
        ("ended", "beidu_b1"),
    ],
)
def test_only_from_above_and_never_to_one_s_own_unit(cast: Cast, who: str, unit: str) -> None:
    with pytest.raises(NotAllowed):
        guide(cast, who, unit)
    with pytest.raises(OutOfScope):
        guide(cast, "stranger", unit)


def test_both_sides_read_it_and_nobody_else(cast: Cast) -> None:
    note = guide(cast)
    below = guide(cast, "beidu_head", "beidu_b1")
    seen = {
        who: set(guidance.visible_to(access.standing(cast.users[who], TODAY)))
        for who in cast.users
        if who != "stranger"
    }
    assert {who for who, notes in seen.items() if note in notes} == {
        "office_clerk", "bureau_head", "bureau_deputy1", "bureau_deputy2",
        "beidu_head", "beidu_deputy", "beidu_clerk",
    }  # fmt: skip
    assert {who for who, notes in seen.items() if below in notes} == {
        "beidu_head", "beidu_deputy", "beidu_clerk", "beidu_b1_secretary", "beidu_b1_discipline",
    }  # fmt: skip


def test_the_office_enters_an_answer_with_the_name(cast: Cast) -> None:
    note = guide(cast)
    by = cast.users["office_clerk"]
    with pytest.raises(BadInput) as refusal:
        actions.answer_guidance(note, text="已补", by=by, at=AT)
    assert refusal.value.field == "said_by"
    said = actions.answer_guidance(note, text="已补", said_by="宋晴川", by=by, at=AT)
    assert (said.said_by, said.by) == ("宋晴川", by)


@pytest.mark.parametrize("who", ["nanping_clerk", "beidu_b1_secretary", "bureau_head"])
def test_nobody_else_answers(cast: Cast, who: str) -> None:
    with pytest.raises(NotAllowed):
        actions.answer_guidance(guide(cast), text="我", said_by="甲", by=cast.users[who], at=AT)


@pytest.mark.parametrize("who", ["beidu_head", "nanping_head", "office_head", "auditor"])
def test_only_the_giving_side_notes_the_effect_or_withdraws(cast: Cast, who: str) -> None:
    note, by = guide(cast), cast.users[who]
    with pytest.raises(NotAllowed):
        actions.note_effect(note, effect="effective", found="好", by=by, at=AT)
    with pytest.raises(NotAllowed):
        actions.withdraw_guidance(note, reason="写错", by=by, at=AT)


def test_what_ended_takes_nothing_more(cast: Cast) -> None:
    note, by = guide(cast), cast.users["office_clerk"]
    actions.withdraw_guidance(note, reason="写给了别的单位", by=by, at=AT)
    with pytest.raises(actions.Ended):
        actions.answer_guidance(note, text="x", by=cast.users["beidu_head"], at=AT)
    with pytest.raises(actions.Ended):
        actions.note_effect(note, effect="effective", found="好", by=by, at=AT)
    assert (note.state, note.reason) == ("withdrawn", "写给了别的单位")
    assert kinds(note) == ["guidance.given", "guidance.withdrawn"]


def test_who_did_not_see_the_answer_is_told(cast: Cast) -> None:
    note = guide(cast)
    seen = note.version
    actions.answer_guidance(note, text="已补", by=cast.users["beidu_head"], at=AT)
    with pytest.raises(Stale):
        actions.note_effect(
            note, effect="effective", found="好", by=cast.users["office_clerk"], at=AT, seen=seen
        )


def test_bad_input_says_where(cast: Cast) -> None:
    other = issue(cast) and occurrence(cast, "nanping_b1")
    for more, field in (
        ({"subject": " "}, "subject"),
        ({"subject": "长" * 101}, "subject"),
        ({"text": ""}, "text"),
        ({"kind": "order"}, "kind"),
        ({"answer_by": TODAY - DAY}, "answer_by"),
        ({"answer_by": date(2030, 1, 1)}, "answer_by"),
        ({"about": other}, "about"),
        ({"uploads": [actions.Upload("a", "", [b"x"])] * 21}, "files"),
    ):
        with pytest.raises((BadInput, actions.TooManyFiles)) as refusal:
            guide(cast, **more)
        assert refusal.value.field == field
    note, by = guide(cast), cast.users["office_clerk"]
    for more, field in (
        ({"effect": "", "found": "好"}, "effect"),
        ({"effect": "effective", "found": ""}, "found"),
        ({"effect": "effective", "found": "好", "seen_on": TODAY - DAY}, "seen_on"),
        ({"effect": "effective", "found": "好", "seen_on": TODAY + DAY}, "seen_on"),
    ):
        with pytest.raises(BadInput) as refusal:
            actions.note_effect(note, **more, by=by, at=AT)
        assert refusal.value.field == field
    assert Guidance.objects.count() == 1


def test_about_what_the_unit_was_given(cast: Cast) -> None:
    issued = issue(cast)
    one = occurrence(cast, "beidu", "once")
    assert guide(cast, about=one).occurrence == one
    assert guide(cast, about=one.assignment).assignment == one.assignment
    assert guide(cast, about=issued).directive == issued
    with pytest.raises(BadInput):
        guide(cast, unit="discipline", about=issued)


def test_a_form_sent_twice_counts_once(cast: Cast) -> None:
    guide(cast, request_id="a")
    with pytest.raises(AlreadyDone):
        guide(cast, request_id="a")
    assert Guidance.objects.count() == 1


def test_a_further_note_follows_one_of_the_same_two_sides(cast: Cast) -> None:
    note = guide(cast)
    with pytest.raises(OutOfScope):
        guide(cast, unit="nanping", follows=note)
    with pytest.raises(OutOfScope):
        guide(cast, "beidu_head", "beidu_b1", follows=note)


def test_it_never_counts_as_owed_work(cast: Cast, client: Client) -> None:
    guide(cast, answer_by=TODAY)
    late = access.standing(cast.users["beidu_head"], TODAY + 30 * DAY)
    assert [g.subject for g in guidance.on_my_list(late)] == ["河道巡查要看到现场"]
    assert not Occurrence.objects.exists()
    cast.sign_in(client, "beidu_head")
    page = client.get(reverse("mine"))
    assert page.context["decide"] == 0
    assert page.context["now"] == []
    assert page.context["request"].nav_counts == {"mine": 1}, "an answer is asked; no more"


def test_the_whole_way_on_pages(cast: Cast, client: Client) -> None:
    issue(cast)
    one = occurrence(cast, "beidu", "once")
    cast.sign_in(client, "office_clerk")
    assert cast.units["beidu"].name in client.get(reverse("guidance_new")).content.decode()
    address = f"{reverse('guidance_new')}?unit={cast.units['beidu'].pk}&about=occurrence:{one.pk}"
    assert f'value="occurrence:{one.pk}" selected' in client.get(address).content.decode()
    sent = {
        "unit": str(cast.units["beidu"].pk), "kind": "guidance", "subject": "巡查",
        "about": f"occurrence:{one.pk}", "text": "逢雨必查", "answer_by": "2020-01-01",
    }  # fmt: skip
    wrong = client.post(reverse("guidance_new"), sent)
    assert wrong.status_code == 400
    assert "逢雨必查" in wrong.content.decode()
    client.post(reverse("guidance_new"), {**sent, "answer_by": ""})
    note = Guidance.objects.get()
    assert note.occurrence == one
    page = client.get(reverse("guidance_note", args=[note.pk])).content.decode()
    assert reverse("occurrence", args=[one.pk]) in page
    assert reverse("guidance_effect", args=[note.pk]) in page
    cast.sign_in(client, "beidu_head")
    page = client.get(reverse("guidance_note", args=[note.pk])).content.decode()
    assert reverse("guidance_effect", args=[note.pk]) not in page
    empty = client.post(reverse("guidance_answer", args=[note.pk]), {"text": ""})
    assert empty.status_code == 400
    client.post(reverse("guidance_answer", args=[note.pk]), {"text": "已查"})
    assert "已查" in client.get(reverse("guidance_note", args=[note.pk])).content.decode()
    cast.sign_in(client, "office_clerk")
    version = {"version": "1"}
    stale = client.post(
        reverse("guidance_effect", args=[note.pk]),
        {**version, "effect": "effective", "found": "两处补齐"},
    )
    assert stale.status_code == 409
    assert "两处补齐" in stale.content.decode()
    gone = client.post(
        reverse("guidance_effect", args=[note.pk]),
        {"version": "2", "effect": "ineffective", "found": "未补", "next": "further"},
    )
    assert gone.url.endswith(f"follows={note.pk}")
    form = client.get(gone.url).content.decode()
    assert f'name="follows" value="{note.pk}"' in form


def test_a_late_answer_is_taken_and_shown_as_late(cast: Cast, client: Client) -> None:
    note, by = guide(cast, answer_by=TODAY), cast.users["beidu_head"]
    actions.answer_guidance(note, text="当天", by=by, at=AT)
    actions.answer_guidance(note, text="隔天", by=by, at=AT + DAY)
    cast.sign_in(client, "office_clerk")
    page = client.get(reverse("guidance_note", args=[note.pk]))
    assert [(a.text, late) for a, _files, late in page.context["answers"]] == [
        ("当天", False), ("隔天", True),
    ]  # fmt: skip


def test_the_giving_side_is_told_of_answers(cast: Cast, client: Client) -> None:
    note = guide(cast)
    cast.sign_in(client, "office_clerk")
    assert client.get(reverse("mine")).context["answered"] == 0
    actions.answer_guidance(note, text="已补", by=cast.users["beidu_head"], at=AT)
    assert client.get(reverse("mine")).context["answered"] == 1
    cast.sign_in(client, "beidu_head")
    assert client.get(reverse("mine")).context["answered"] == 0


def test_what_was_typed_for_a_note_that_ended_is_given_back(cast: Cast, client: Client) -> None:
    note = guide(cast)
    actions.withdraw_guidance(note, reason="写错", by=cast.users["office_clerk"], at=AT)
    cast.sign_in(client, "beidu_head")
    sent = client.post(reverse("guidance_answer", args=[note.pk]), {"text": "写了很久的答复"})
    assert sent.status_code == 409
    assert "写了很久的答复" in sent.content.decode()


def test_files_are_for_the_two_sides(cast: Cast, client: Client) -> None:
    note = guide(cast, uploads=[actions.Upload("要求.txt", "text/plain", [b"x"])])
    address = reverse("guidance_file", args=[note.pk, GuidanceFile.objects.get().file_id])
    for who, status in (("beidu_head", 200), ("office_clerk", 200), ("nanping_head", 404)):
        cast.sign_in(client, who)
        assert client.get(address).status_code == status, who


@pytest.mark.parametrize(
    ("who", "address"),
    [
        ("beidu_head", lambda cast: reverse("mine")),
        ("beidu_head", lambda cast: f"{reverse('guidance')}?side=received"),
        ("office_clerk", lambda cast: f"{reverse('guidance')}?side=given"),
        ("office_clerk", lambda cast: reverse("unit_work", args=[cast.units["beidu"].pk])),
    ],
)
def test_as_many_queries_for_a_hundred_as_for_one(
    cast: Cast, client: Client, who: str, address: Callable[[Cast], str]
) -> None:
    cast.sign_in(client, who)
    guide(cast)
    client.get(address(cast))
    with CaptureQueriesContext(
        connection,
    ) as one:
        client.get(address(cast))
    for _ in range(99):
        guide(cast)
    with CaptureQueriesContext(connection) as hundred:
        client.get(address(cast))
    assert len(hundred) == len(one)


def test_an_empty_tab_says_what_would_stand_there(cast: Cast, client: Client) -> None:
    cast.sign_in(client, "office_clerk")
    said = set()
    for side in ("given", "received"):
        for tab in ("waiting", "open", "closed"):
            page = client.get("/guidance/", {"side": side, "tab": tab}).content.decode()
            said.add(page.partition('<p class="none">')[2].partition("</p>")[0])
    assert len(said) == 6
    assert "" not in said
