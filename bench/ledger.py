"""The record: what it costs, how fast it is numbered, proven, verified, exported; both databases.

A million entries with bodies are put in as an act would leave them, past the ORM. Creating is
measured by reports with a file, with the ledger and without, in turns.
"""

import os
import resource
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from statistics import median, quantiles
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import psutil

from bench import databases

if TYPE_CHECKING:
    from luoshi.base.models import Organisation

ENTRIES = int(os.environ.get("BENCH_ENTRIES", "1000000"))
REPORTS, TURNS = 1_500, 30
PROOFS = 300
NOW = datetime(2026, 7, 2, 2, tzinfo=UTC)
ISSUED = datetime(2026, 4, 1, 1, tzinfo=UTC)


def main() -> None:
    """Both databases."""
    databases.measure("bench.ledger")


def run() -> None:
    """One database."""
    databases.set_up()
    creating()
    numbering()


def creating() -> None:
    """Reports with a file of 20 kB: seconds each, with the ledger's insert and with none."""
    from luoshi.demo import deciding, synthetic
    from luoshi.duties import actions
    from luoshi.duties.models import Occurrence

    clerk, directive = synthetic.draft(REPORTS // 2, 2, 1)
    deciding.decide_on_paper(directive, signer=clerk.name, by=clerk, at=ISSUED)
    actions.issue(directive, by=clerk, at=ISSUED)
    rows = Occurrence.objects.select_related("task", "directive__owner", "unit", "assignment")
    owed = iter(rows.order_by("id")[:REPORTS])
    body = os.urandom(20_000)
    spent: dict[bool, list[float]] = {True: [], False: []}

    @contextmanager
    def stubbed(real: bool) -> Iterator[None]:
        if real:
            yield
        else:
            with patch("luoshi.ledger.actions.append", lambda *a, **k: None):
                yield

    count = 0
    for turn in range(TURNS * 2):
        real = bool(turn % 2)
        with stubbed(real):
            for occurrence in islice(owed, REPORTS // TURNS // 2):
                began = time.perf_counter()
                actions.submit(
                    occurrence,
                    note="已办结，发现的问题已登记。",
                    uploads=[actions.Upload("佐证.pdf", "application/pdf", [body])],
                    happened_on=NOW.date(),
                    said_by="测试",
                    by=clerk,
                    at=NOW,
                )
                spent[real].append((time.perf_counter() - began) * 1000)
                count += 1
    without, with_ = median(spent[False]), median(spent[True])
    print(
        f"  creating a report with a file: {with_:.2f} ms, without the ledger {without:.2f} ms, "
        f"{(with_ / without - 1) * 100:+.0f} % (goal ≤ +10 %; medians of {count})"
    )


def fill(count: int) -> "Organisation":
    """An organisation with `count` unnumbered entries and their bodies."""
    from django.db import transaction

    from luoshi.base import bulk
    from luoshi.base.models import Organisation
    from luoshi.ledger.models import Body, Entry
    from luoshi.lib import merkle
    from luoshi.lib.ids import new_texts

    organisation = Organisation.objects.create(slug="bench", name="云州市水务局", created_at=NOW)
    value, owner = bulk.uuid_writer(), str(organisation.pk)
    kept = value(organisation.pk)
    at, moment = "2026-07-02T02:00:00.000000Z", bulk.db_moment(NOW)
    for first in range(0, count, 50_000):
        size = min(50_000, count - first)
        ids, objects = new_texts(size), new_texts(size)
        salts = os.urandom(16 * size)
        entries, bodies = [], []
        for n in range(size):
            salt = salts[16 * n : 16 * n + 16]
            body = (
                f'{{"actor":"何静之 <hejingzhi> 0190","object":{{"id":"{objects[n]}",'
                f'"kind":"occurrence","version":2}},"organisation":"{owner}","values":{{'
                '"files":[],"happened_on":"2026-07-01","note":"已办结，发现的问题已登记。",'
                f'"number":{first + n},"state":"submitted"}}}}'
            )
            made = merkle.commitment(salt, body.encode()).hex()
            key = value(ids[n])
            entries.append(
                (key, kept, 1, "occurrence.submitted", at, made, "occurrence", value(objects[n]),
                 2, moment)
            )  # fmt: skip
            bodies.append((key, kept, salt, body))
        with transaction.atomic():
            bulk.insert(
                Entry,
                ("id", "organisation_id", "v", "kind", "at", "commitment", "object_kind",
                 "object_id", "object_version", "inserted_at"),
                entries,
            )  # fmt: skip
            bulk.insert(Body, ("id", "organisation_id", "salt", "body"), bodies)
    bulk.analyze(Entry, Body)
    return organisation


def numbering() -> None:
    """A million entries numbered, proven one by one, verified, written out and checked."""
    from luoshi.ledger import packs
    from luoshi.ledger.models import Checkpoint
    from luoshi.ledger.proofs import Tree
    from luoshi.ledger.sequence import sequence
    from luoshi.ledger.verify import verify
    from luoshi.lib import evidence

    organisation = fill(ENTRIES)
    began = time.perf_counter()
    done = sequence(organisation.pk, holder="bench", now=NOW)
    seconds = time.perf_counter() - began
    print(
        f"  numbered {done:,} entries in {seconds:.1f} s: {done / seconds:,.0f}/s "
        f"(goal ≥ 20,000), {Checkpoint.objects.count()} checkpoints"
    )
    spent = []
    for n in range(PROOFS):
        index = n * (done - 1) // PROOFS
        began = time.perf_counter()
        proof = Tree(organisation.pk).inclusion(index, done)
        spent.append((time.perf_counter() - began) * 1000)
    print(
        f"  proof of one entry ({len(proof)} hashes): median {median(spent):.2f} ms, p95 "
        f"{quantiles(spent, n=20)[-1]:.2f} ms of {PROOFS} (goal ≤ 5 ms)"
    )
    before = rss()
    began = time.perf_counter()
    verdict = verify(organisation)
    seconds = time.perf_counter() - began
    assert verdict.holds, verdict
    assert verdict.size == done
    print(f"  verified {done:,} entries with bodies in {seconds:.1f} s (goal ≤ 10), "
          f"{rss() - before:+.0f} MB")  # fmt: skip
    path = Path(os.environ["LUOSHI_DATA"]) / "all.jsonl"
    before = rss()
    most = before
    began = time.perf_counter()
    with path.open("w", encoding="utf-8") as file:
        for number, line in enumerate(packs.whole(organisation, about="", at=NOW)):
            file.write(line)
            if number % 5_000 == 0:
                most = max(most, rss())
    seconds = time.perf_counter() - began
    print(
        f"  exported: {path.stat().st_size / 1e6:.0f} MB in {seconds:.1f} s, memory "
        f"{most - before:+.0f} MB while {done:,} entries went out"
    )
    began = time.perf_counter()
    said: dict[str, Mapping[str, Any]] = {}
    with path.open(encoding="utf-8") as file:
        said.update(evidence.check(file))
    assert not set(said) & evidence.BAD
    assert said["whole"]["count"] == done
    print(
        f"  the file checked by the stand-alone program: {time.perf_counter() - began:.1f} s; "
        f"peak of this process {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000:.0f} MB"
    )


def rss() -> float:
    """Resident MB of this process."""
    return float(psutil.Process().memory_info().rss / 1e6)


if __name__ == "__main__":
    run()
