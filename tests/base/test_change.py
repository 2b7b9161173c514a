"""Compare-and-swap, request ids, stored files, joins inside the organisation."""

from datetime import UTC, date, datetime, timedelta
from os import utime
from pathlib import Path

import pytest
from django.db import DatabaseError, transaction
from pytest_django import Settings

from luoshi.base import files
from luoshi.base.change import change, claim
from luoshi.base.models import Organisation, StoredFile
from luoshi.base.refused import AlreadyDone, Stale
from luoshi.lib.ids import new_id
from luoshi.orgs.models import Placement, Unit

AT = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)


@pytest.fixture
def organisation(db: None) -> Organisation:
    return Organisation.objects.create(slug="yunzhou", name="云州市水务局", created_at=AT)


@pytest.fixture
def unit(organisation: Organisation) -> Unit:
    return Unit.objects.create(
        organisation=organisation, name="办公室", unit_kind="department", opened_on=date(2020, 1, 1)
    )


def test_a_stale_change_writes_nothing(unit: Unit) -> None:
    other = Unit.objects.get(pk=unit.pk)
    change(unit, name="综合办公室")
    assert unit.version == 2
    with pytest.raises(Stale):
        change(other, name="行政科")
    with pytest.raises(Stale):
        change(unit, seen=1, name="行政科")
    assert Unit.objects.get(pk=unit.pk).name == "综合办公室"


def test_a_form_counts_once_for_a_user(organisation: Organisation) -> None:
    user, other = new_id(), new_id()
    claim("form-1", organisation_id=organisation.pk, user_id=user, at=AT)
    claim("form-1", organisation_id=organisation.pk, user_id=other, at=AT)
    claim("", organisation_id=organisation.pk, user_id=user, at=AT)
    claim("", organisation_id=organisation.pk, user_id=user, at=AT)
    with pytest.raises(AlreadyDone):
        claim("form-1", organisation_id=organisation.pk, user_id=user, at=AT)


def test_joins_stay_inside_the_organisation(organisation: Organisation, unit: Unit) -> None:
    other = Organisation.objects.create(slug="other", name="别处", created_at=AT)
    placement = Placement.objects.create(
        organisation=organisation, unit=unit, path="0000", valid_from=date(2020, 1, 1)
    )
    assert Placement.objects.select_related("unit").get().unit.name == "办公室"
    assert Placement.objects.filter(unit__name="办公室").count() == 1
    assert Unit.objects.filter(placements__path="0000").count() == 1
    Placement.objects.filter(pk=placement.pk).update(organisation=other)
    assert Placement.objects.filter(unit__name="办公室").count() == 0
    assert Unit.objects.filter(placements__path="0000").count() == 0


def test_an_update_filters_by_the_organisation(organisation: Organisation, unit: Unit) -> None:
    other = Organisation.objects.create(slug="other", name="别处", created_at=AT)
    unit.organisation = other
    unit.name = "不该改到"
    with pytest.raises(DatabaseError, match="did not affect any rows"), transaction.atomic():
        unit.save(update_fields=["name"])
    assert Unit.objects.get(pk=unit.pk).name == "办公室"


class TestFiles:
    def keep(self, organisation: Organisation, content: list[bytes], name: str) -> StoredFile:
        return files.keep(
            content,
            name=name,
            media_type="text/plain",
            organisation_id=organisation.pk,
            at=AT,
            limit=10,
        )

    def test_bytes_and_row(self, organisation: Organisation) -> None:
        kept = self.keep(organisation, [b"abc", b"def"], r"C:\temp\..\报告‮fdp.exe")
        assert files.path_of(organisation.pk, kept.pk).read_bytes() == b"abcdef"
        assert (kept.size, kept.name) == (6, "报告fdp.exe")
        assert kept.sha256.startswith("bef57ec7f53a6d40beb640a780a639c8")

    @pytest.mark.parametrize(
        ("content", "error"), [([b"x" * 11], files.FileTooLarge), ([], files.FileEmpty)]
    )
    def test_refused_leaves_nothing(
        self,
        organisation: Organisation,
        content: list[bytes],
        error: type[Exception],
        settings: Settings,
    ) -> None:
        with pytest.raises(error, match=r"a\.txt"):
            self.keep(organisation, content, "a.txt")
        assert not list(Path(settings.FILES_DIR).glob("*/*"))
        assert not StoredFile.objects.exists()

    def test_orphans_are_swept_after_a_day(self, organisation: Organisation) -> None:
        kept = self.keep(organisation, [b"abc"], "a.txt")
        folder = files.path_of(organisation.pk, kept.pk).parent
        orphan, fresh = folder / str(new_id()), folder / f"{new_id()}.part"
        for path in (orphan, fresh):
            path.write_bytes(b"x")
        now = datetime.now(UTC)
        old = (now - timedelta(days=2)).timestamp()
        for path in (orphan, files.path_of(organisation.pk, kept.pk)):
            utime(path, (old, old))
        assert files.sweep(now) == 1
        assert sorted(p.name for p in folder.iterdir()) == sorted([str(kept.pk), fresh.name])
