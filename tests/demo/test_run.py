"""The demo: once, twice, with another document; and its whole state out of the record alone."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
import time_machine
from django.db import connection
from django.test import Client

from luoshi.base.models import Organisation
from luoshi.demo import CLERK, SLUG
from luoshi.demo import run as demo
from luoshi.directives.models import Directive, Requirement
from luoshi.duties.models import Occurrence
from luoshi.ledger.models import Entry
from luoshi.ledger.verify import verify
from luoshi.orgs.models import Appointment
from tests.rebuild import rebuild

DAY = datetime(2026, 6, 11, 2, 0, tzinfo=UTC)
DATA = Path(__file__).resolve().parents[1] / "data"

pytestmark = pytest.mark.django_db


def test_the_demo_and_its_record(client: Client, tmp_path: Path) -> None:
    with time_machine.travel(DAY, tick=True):
        outcome = demo.run(None)
        assert outcome.tasks >= 20
        assert outcome.directive.state == "issued"
        lines = demo.lines(outcome)
        assert len(lines) == 10
        bureau = outcome.bureau
        if connection.vendor == "postgresql":  # the planner knows what was loaded, at once
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT reltuples FROM pg_class WHERE oid = %s::regclass",
                    [Appointment._meta.db_table],
                )
                assert cursor.fetchone()[0] > 400
        states = set(Occurrence.objects.values_list("state", flat=True))
        assert states >= {"open", "accepted"}

        # Everything that the record says, and nothing else, is what the tables say.
        assert verify(bureau).holds
        rebuilt = rebuild(bureau.pk)
        shown = {
            str(pk): {"start": a, "end": b, "triage": t, "decided": d, "state": s}
            for pk, a, b, t, d, s in Requirement.objects.values_list(
                "pk", "start", "end", "triage", "decided", "state"
            )
        }
        assert rebuilt.clauses == shown
        assert rebuilt.occurrences == {
            str(pk): state for pk, state in Occurrence.objects.values_list("pk", "state")
        }

        entries = Entry.objects.count()
        again = demo.run(None)
        assert not again.fresh
        assert Entry.objects.count() == entries
        assert Organisation.objects.filter(slug=SLUG).count() == 1

        other = demo.run(DATA / "plain_speech.txt")
        assert other.tasks == 0
        assert other.directive.state == "draft"
        assert "草稿已留待分流" in "".join(demo.lines(other))

        third = demo.run(DATA / "plan.txt")
        assert third.directive.state in ("issued", "draft")
        assert Directive.objects.count() == 4

        from luoshi.accounts.models import User

        client.force_login(User.objects.get(username=CLERK))
        page = client.get(f"/boards/{outcome.directive.pk}/")
        assert page.status_code == 200
        assert (
            page.context["board"].sums.done
            == Occurrence.objects.filter(directive=outcome.directive, state="accepted").count()
        )


def test_the_year_of_the_speech_is_not_in_the_future() -> None:
    from datetime import date

    assert demo.year_of(date(2026, 2, 1)) == 2025
    assert demo.year_of(date(2026, 3, 5)) == 2026
