"""`luoshi simulate`, `verify` and `demo`: what they make, what they say, how they end."""

import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from luoshi import cli
from luoshi.base.models import Organisation
from luoshi.demo import synthetic
from luoshi.duties.actions.reviewing import content_of
from luoshi.duties.models import Occurrence, Submission
from luoshi.ledger.verify import verify
from luoshi.lib import merkle
from luoshi.lib.canonical import canonical
from luoshi.orgs.models import Placement, Unit
from tests.rebuild import rebuild


@pytest.mark.django_db
def test_a_synthetic_organisation_of_the_size_asked_for() -> None:
    made = synthetic.make(121, 840, 5)
    organisation = made.clerk.organisation
    assert Unit.objects.filter(organisation=organisation).count() == 121
    fan_out = max(
        Placement.objects.filter(organisation=organisation, parent=p.unit).count()
        for p in Placement.objects.filter(organisation=organisation)[:5]
    )
    assert fan_out == synthetic.FAN_OUT
    assert Occurrence.objects.count() == made.price.asks == 840
    assert verify(organisation).holds
    assert Organisation.objects.count() >= 2


@pytest.mark.django_db
@pytest.mark.parametrize("wanted", [1, 7, 20, 45, 59, 60, 200])
def test_about_as_many_occurrences_as_asked_for(wanted: int) -> None:
    made = synthetic.make(21, wanted, 1)
    assert abs(made.price.asks - wanted) <= 10
    assert made.price.asks == Occurrence.objects.count()


@pytest.mark.django_db
def test_what_was_reported_and_verified_hangs_together() -> None:
    made = synthetic.make(61, 360, 3)
    states = Counter(Occurrence.objects.values_list("state", flat=True))
    assert set(states) == {"open", "submitted", "accepted", "returned"}
    assert made.reported == Submission.objects.count() == 360 - states["open"] > 100
    assert made.accepted == states["accepted"]
    rebuilt = rebuild(made.clerk.organisation_id).occurrences
    assert rebuilt == {
        str(pk): state for pk, state in Occurrence.objects.values_list("pk", "state")
    }
    for one in Occurrence.objects.prefetch_related("transitions", "reviews__submission"):
        moves = one.transitions.order_by("at")
        assert [m.to_state for m in moves][-1:] == [one.state][: moves.count()]
        assert one.version == 1 + moves.count()
        assert (one.closed_on is not None) == (one.state == "accepted")
        for review in one.reviews.all():
            salt, content = bytes.fromhex(review.salt), content_of(review.submission, review.at)
            assert review.digest == merkle.commitment(salt, canonical(content)).hex()
            assert review.at > review.submission.at
            assert review.by_id != review.submission.by_id


@pytest.mark.django_db
def test_the_same_seed_twice_beside_each_other() -> None:
    one, two = synthetic.make(11, 60, 4), synthetic.make(11, 60, 4)
    assert (one.clerk.username, two.clerk.username) == ("s4-clerk", "s4-2-clerk")
    assert (one.reported, one.accepted) == (two.reported, two.accepted)
    story = [
        list(
            Occurrence.objects.filter(directive=made.directive)
            .order_by("unit__position", "due_on")
            .values_list("key", "due_on", "state", "closed_on")
        )
        for made in (one, two)
    ]
    assert story[0] == story[1]


def test_the_same_seed_gives_the_same_people_and_text() -> None:
    one, two = synthetic.plan(60, 3), synthetic.plan(60, 3)
    assert one.people == two.people
    assert one.units == two.units
    assert synthetic.plan(60, 4).people != one.people
    assert synthetic.text(3, 2026).count("学习记录") == 3


def run(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    env = {k: v for k, v in os.environ.items() if not k.startswith(("LUOSHI_", "DJANGO_"))}
    env |= {"LUOSHI_DATA": str(folder), "LUOSHI_DATABASE": f"sqlite:{folder / 'x.sqlite3'}"}
    return subprocess.run(
        [sys.executable, "-m", "luoshi", *words], env=env, text=True, capture_output=True
    )


def test_the_commands_from_outside(tmp_path: Path) -> None:
    made = run(tmp_path, "simulate", "--units", "12", "--occurrences", "40", "--seed", "2")
    assert made.returncode == 0, made.stderr
    assert "12个单位" in made.stdout
    assert "s2-clerk" in made.stdout
    held = run(tmp_path, "verify")
    assert held.returncode == 0
    assert "成立" in held.stdout
    import sqlite3

    with sqlite3.connect(tmp_path / "x.sqlite3") as connection:
        connection.execute("UPDATE ledger_body SET body = replace(body, '模拟', '改写')")
    broken = run(tmp_path, "verify")
    assert broken.returncode == 1
    (tmp_path / "x.sqlite3").write_bytes(b"no database at all" * 300)
    for suffix in ("-wal", "-shm"):
        Path(f"{tmp_path / 'x.sqlite3'}{suffix}").unlink(missing_ok=True)
    assert run(tmp_path, "verify").returncode == 2


@pytest.mark.parametrize(
    "words", [["simulate", "--units", "1"], ["simulate", "--seed", "x"], ["nothing"], []]
)
def test_a_wrong_call_is_a_usage_error(words: list[str]) -> None:
    with pytest.raises(SystemExit) as end:
        cli.main(words)
    assert end.value.code == 2


def test_the_demo_says_what_is_wrong_with_a_document(tmp_path: Path) -> None:
    bad = tmp_path / "坏.docx"
    bad.write_bytes(b"PK\x03\x04 broken")
    done = run(tmp_path, "demo", "--data", str(tmp_path / "demo"), "--directive", str(bad))
    assert done.returncode == 1
    assert "坏.docx" in done.stderr
    assert "Traceback" not in done.stderr
