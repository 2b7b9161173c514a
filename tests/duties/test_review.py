"""Reporting and verifying (DESIGN.md idea 4): closed only by somebody outside the unit."""

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from luoshi.base.refused import (
    AlreadyDone,
    BadInput,
    NotAllowed,
    OutOfScope,
    Refusal,
    Refused,
    Stale,
)
from luoshi.directives import actions as directives
from luoshi.directives.models import Directive
from luoshi.duties import actions, queries
from luoshi.duties.access import Reviewers
from luoshi.duties.models import Occurrence, Review, Transition
from luoshi.ledger.models import Body
from luoshi.lib import merkle
from luoshi.lib.canonical import canonical
from luoshi.orgs import access
from tests.cast import AT, TODAY, Cast
from tests.directives.test_actions import clause, load
from tests.duties.test_handing import issue, occurrence
from tests.road import decide


@pytest.fixture
def issued(cast: Cast) -> Directive:
    return issue(cast)


def submit(cast: Cast, found: Occurrence, by: str = "beidu_b1_secretary", **more: object) -> None:
    actions.submit(found, note="已上课，记录在案。", by=cast.users[by], at=AT, **more)  # type: ignore[arg-type]  # the test passes what it likes


def test_a_report_is_accepted_by_somebody_above(cast: Cast, issued: Directive) -> None:
    found = occurrence(cast, "beidu_b1")
    upload = actions.Upload("../课件\u202e.txt", "text/html", [b"a", b"b"])
    submit(cast, found, uploads=[upload], happened_on=TODAY)
    assert found.state == "submitted"
    later = AT + timedelta(hours=5)
    review = actions.accept(found, by=cast.users["office_clerk"], at=later)
    assert (found.state, found.closed_on) == ("accepted", TODAY)
    assert not review.cross_check
    assert list(
        Transition.objects.filter(occurrence=found)
        .order_by("at")
        .values_list("to_state", flat=True)
    ) == ["submitted", "accepted"]
    [attached] = review.submission.attached.select_related("file")
    assert attached.file.name == "课件.txt"


def test_the_digest_binds_the_verdict_to_exactly_that(cast: Cast, issued: Directive) -> None:
    found = occurrence(cast, "beidu_b1")
    submit(cast, found)
    review = actions.accept(found, by=cast.users["office_clerk"], at=AT)
    from luoshi.duties.actions.reviewing import content_of

    content = canonical(content_of(review.submission, review.at))
    assert merkle.commitment(bytes.fromhex(review.salt), content).hex() == review.digest
    assert review.digest in Body.objects.order_by("-id")[0].body


VERDICTS = [
    ("office_clerk", True, "acts for the bureau above"),
    ("beidu_head", True, "leads the unit directly above"),
    ("beidu_clerk", True, "is the clerk of the unit directly above"),
    ("bureau_deputy2", True, "sits above and is not in charge of it"),
    ("beidu_b1_secretary", False, "reported it"),
    ("beidu_b1_discipline", False, "sits in the unit"),
    ("nanping_head", False, "sits beside, and somebody above exists"),
    ("beidu_b2_secretary", False, "a peer, and somebody above exists"),
    ("office_member", False, "has no such role"),
    ("nobody", False, "holds no post"),
    ("ended", False, "no longer holds the post"),
    ("admin", False, "keeps the tree and reads no content"),
]


@pytest.mark.parametrize(("who", "may", "why"), VERDICTS, ids=[v[0] for v in VERDICTS])
def test_who_may_verify(cast: Cast, issued: Directive, who: str, may: bool, why: str) -> None:
    found = occurrence(cast, "beidu_b1")
    submit(cast, found)
    user = cast.admin if who == "admin" else cast.users[who]
    if may:
        assert actions.accept(found, by=user, at=AT), why
    else:
        with pytest.raises(NotAllowed):
            actions.accept(found, by=user, at=AT)
        assert found.state == "submitted", why


def test_the_leader_in_charge_does_not_verify_their_unit(cast: Cast, issued: Directive) -> None:
    found = occurrence(cast, "beidu", "once")
    actions.submit(found, note="已报备。", by=cast.users["beidu_clerk"], at=AT)
    with pytest.raises(NotAllowed, match="in charge"):
        actions.accept(found, by=cast.users["bureau_deputy1"], at=AT)
    actions.accept(found, by=cast.users["bureau_deputy2"], at=AT)
    assert found.state == "accepted"


def test_the_root_is_verified_by_the_discipline_body(cast: Cast) -> None:
    directive = load(
        cast, text="关于公开服务事项的通知\n一、抓好公开\n本局要在4月底前向社会公布年度服务清单。\n"
    )
    requirement = clause(directive, "服务清单")
    directives.fill(
        requirement,
        requirement.tasks.get(),
        check="服务清单",
        lead=[cast.units["bureau"].pk],
        due_on=date(2026, 4, 30),
        rhythm="",
        by=cast.users["office_clerk"],
        at=AT,
    )
    decide(directive, cast)
    actions.issue(directive, by=cast.users["office_clerk"], at=AT)
    found = occurrence(cast, "bureau", "once")
    actions.submit(found, note="已公布。", by=cast.users["office_clerk"], at=AT)
    with pytest.raises(NotAllowed):
        actions.accept(found, by=cast.users["bureau_deputy2"], at=AT)
    review = actions.accept(found, by=cast.users["discipline_head"], at=AT)
    assert review.cross_check


def test_a_return_needs_a_reason_and_opens_it_again(cast: Cast, issued: Directive) -> None:
    found = occurrence(cast, "beidu_b1")
    submit(cast, found)
    with pytest.raises(BadInput) as refusal:
        actions.return_(found, note="  ", by=cast.users["office_clerk"], at=AT)
    assert refusal.value.field == "note"
    actions.return_(found, note="请附上签到表。", by=cast.users["office_clerk"], at=AT)
    assert found.state == "returned"
    submit(cast, found)
    assert found.state == "submitted"


def test_refused_reports_leave_nothing_behind(cast: Cast, issued: Directive) -> None:
    found = occurrence(cast, "beidu_b1")
    me = cast.users["beidu_b1_secretary"]
    for note, more, error in (
        ("", {}, BadInput),
        ("x" * 5001, {}, BadInput),
        ("好", {"happened_on": TODAY + timedelta(days=1)}, BadInput),
        ("好", {"uploads": [actions.Upload("a", "", [b"x"])] * 21}, actions.TooManyFiles),
        ("好", {"uploads": [actions.Upload("空", "", [])]}, Refused),
    ):
        with pytest.raises(error):
            actions.submit(found, note=note, by=me, at=AT, **more)
        found.refresh_from_db()
        assert found.state == "open"
    assert not Transition.objects.exists()


def test_stale_double_and_foreign_reports(cast: Cast, issued: Directive) -> None:
    found = occurrence(cast, "beidu_b1")
    me = cast.users["beidu_b1_secretary"]
    with pytest.raises(Stale):
        actions.submit(found, note="好", by=me, at=AT, seen=7)
    actions.submit(found, note="好", by=me, at=AT, request_id="r1")
    with pytest.raises(AlreadyDone):
        actions.submit(found, note="好", by=me, at=AT, request_id="r1")
    with pytest.raises(actions.NotOpen):
        actions.submit(found, note="好", by=me, at=AT)
    with pytest.raises(OutOfScope):
        actions.submit(found, note="好", by=cast.users["stranger"], at=AT)
    with pytest.raises(NotAllowed):
        actions.submit(found, note="好", by=cast.users["nanping_clerk"], at=AT)
    actions.accept(found, by=cast.users["office_clerk"], at=AT)
    with pytest.raises(actions.NotReviewable):
        actions.accept(found, by=cast.users["office_clerk"], at=AT)
    assert Review.objects.count() == 1


def test_waiving_is_the_issuers(cast: Cast, issued: Directive) -> None:
    found = occurrence(cast, "beidu_b1")
    with pytest.raises(NotAllowed):
        actions.waive(found, reason="停办", by=cast.users["beidu_clerk"], at=AT)
    actions.waive(found, reason="防汛期间停办", by=cast.users["office_clerk"], at=AT)
    assert found.state == "waived"
    with pytest.raises(actions.NotOpen):
        submit(cast, found)


def test_waiting_lists_what_one_may_decide_and_owed_what_one_must_do(
    cast: Cast, issued: Directive
) -> None:
    found = occurrence(cast, "beidu_b1")
    submit(cast, found)
    clerk = access.standing(cast.users["office_clerk"], TODAY)
    assert [i.occurrence.pk for i in queries.waiting(clerk)] == [found.pk]
    secretary = access.standing(cast.users["beidu_b1_secretary"], TODAY)
    assert queries.waiting(secretary) == []
    owed = queries.owed(secretary, until=date(2026, 12, 31))
    assert found.pk not in {o.pk for o in owed}
    assert {o.unit_id for o in owed} == {cast.units["beidu_b1"].pk}
    assert [o.due_on for o in owed] == sorted(o.due_on for o in owed if o.due_on)


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["submit", "accept", "return", "waive"]),
        st.sampled_from(
            ["beidu_b1_secretary", "beidu_b1_discipline", "office_clerk", "beidu_head", "nobody"]
        ),
    ),
    max_size=8,
)


@settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps=STEPS)
def test_no_sequence_of_acts_closes_by_the_unit_itself(
    cast: Cast, steps: list[tuple[str, str]]
) -> None:
    """Whatever is tried in whatever order: closed means accepted by somebody who may, or waived."""
    from django.db import transaction

    with transaction.atomic():
        found = _fresh(cast)
        reviewers = Reviewers(found.organisation_id, TODAY)
        for step, who in steps:
            user = cast.users[who]
            before = found.state
            try:
                with transaction.atomic():
                    if step == "submit":
                        actions.submit(found, note="好", by=user, at=AT)
                    elif step == "accept":
                        actions.accept(found, by=user, at=AT)
                    elif step == "return":
                        actions.return_(found, note="补", by=user, at=AT)
                    else:
                        actions.waive(found, reason="停", by=user, at=AT)
            except Refusal:
                found.refresh_from_db()
                assert found.state == before
                continue
            if found.state == "accepted":
                review = Review.objects.filter(occurrence=found).order_by("-at", "-id")[0]
                by = queries.authors_of([found])[found.pk]
                assert by
                assert review.by_id not in by
                standing = access.standing(user, TODAY)
                assert queries.decision(standing, reviewers, found, by).allowed
                assert not standing.unit_ids & {found.unit_id}
        transaction.set_rollback(True)


def _fresh(cast: Cast) -> Occurrence:
    if not Occurrence.objects.exists():
        issue(cast)
    return occurrence(cast, "beidu_b1")
