"""Uploads that wait for a person's word: whose they are, that they count once, when they go."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.db import transaction

from luoshi.base import files, pending
from luoshi.base.models import PendingUpload, StoredFile
from luoshi.base.refused import AlreadyDone, OutOfScope
from luoshi.commands import work
from luoshi.lib.ids import new_id
from tests.cast import AT, Cast


def kept(cast: Cast, who: str = "admin", purpose: str = "organisation") -> PendingUpload:
    return pending.keep(
        [b"ab", b"c"], name="C:\\表\\组织.xlsx", purpose=purpose, user=cast.users[who], at=AT,
        state={"on": "2026-03-02", "complete": True},
    )  # fmt: skip


def path_of(upload: PendingUpload) -> Path:
    return files.path_of(upload.organisation_id, upload.file_id)


def test_only_its_owner_finds_it_and_only_for_its_purpose(cast: Cast) -> None:
    upload = kept(cast)
    found = pending.fetch(cast.admin, "organisation", str(upload.pk))
    assert found.state == {"on": "2026-03-02", "complete": True}
    assert found.file.name == "组织.xlsx"
    assert pending.data(found) == b"abc"
    for user, purpose, pk in (
        (cast.users["office_clerk"], "organisation", upload.pk),
        (cast.users["stranger"], "organisation", upload.pk),
        (cast.admin, "tasks", upload.pk),
        (cast.admin, "organisation", new_id()),
        (cast.admin, "organisation", "nonsense"),
    ):
        with pytest.raises(OutOfScope):
            pending.fetch(user, purpose, pk)


@pytest.mark.django_db(transaction=True)
def test_it_counts_once_and_takes_its_file_along(cast: Cast) -> None:
    upload = kept(cast)
    same = pending.fetch(cast.admin, "organisation", upload.pk)
    pending.note(upload, {"on": "2026-04-01"})
    assert pending.fetch(cast.admin, "organisation", upload.pk).state == {"on": "2026-04-01"}
    assert pending.done(upload) is None
    assert not path_of(upload).exists()
    assert not StoredFile.objects.filter(pk=upload.file_id).exists()
    with pytest.raises(AlreadyDone):
        pending.done(same)
    with pytest.raises(AlreadyDone):
        pending.note(same, {})
    with pytest.raises(OutOfScope):
        pending.fetch(cast.admin, "organisation", upload.pk)


@pytest.mark.django_db(transaction=True)
def test_an_act_that_fails_leaves_it_waiting(cast: Cast) -> None:
    upload = kept(cast)

    def act() -> None:
        with transaction.atomic():
            pending.done(upload)
            raise OutOfScope()

    with pytest.raises(OutOfScope):
        act()
    assert pending.data(pending.fetch(cast.admin, "organisation", upload.pk)) == b"abc"


def test_the_file_can_be_kept(cast: Cast) -> None:
    upload = kept(cast)
    file = pending.done(upload, keep_file=True)
    assert file is not None
    assert file.pk == upload.file_id
    assert path_of(upload).read_bytes() == b"abc"


@pytest.mark.django_db(transaction=True)
def test_a_week_later_it_is_gone(cast: Cast) -> None:
    old, new = kept(cast), kept(cast)
    PendingUpload.objects.filter(pk=old.pk).update(created_at=AT - timedelta(days=1))
    assert pending.sweep(AT + timedelta(days=6, hours=23)) == 1
    assert not path_of(old).exists()
    assert path_of(new).exists()
    assert pending.sweep(AT + timedelta(days=6, hours=23)) == 0


def test_the_worker_sweeps_them(cast: Cast) -> None:
    upload = kept(cast)
    PendingUpload.objects.filter(pk=upload.pk).update(created_at=AT - timedelta(days=3000))
    work.once("tests", sweep=True)
    assert not PendingUpload.objects.exists()
