"""The organisation in: 5,000 people, their units, appointments and portfolios, from one workbook.

Through the pages as an administrator goes: upload, dry run, confirm, on both databases.
"""

import io
import re
import time
from datetime import UTC, date, datetime
from itertools import pairwise
from random import Random

from bench import databases

PEOPLE, BUREAUS, SECTIONS = 5_000, 40, 9
GOAL = 20
NOW = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)
DAY = date(2026, 1, 1)


def main() -> None:
    """Both databases."""
    databases.measure("bench.organisation")


def workbook() -> tuple[bytes, int]:
    """The file as an office fills it in, and how many units it has. Names repeat, as they do."""
    from luoshi.orgs.workbook import template, words
    from luoshi.papers.sheets import Value

    rng = Random(5)
    units: list[list[Value]] = [
        ["JG", "云州市水务局", "", "", "机关本级", "市本级", "", "正处级", 1]
    ]
    rooms = []
    for n in range(BUREAUS):
        name = f"第{n + 1:02}分局"
        units.append([f"F{n}", name, "", "云州市水务局", "下级单位", "", "", "正科级", n + 2])
        rooms.append(name)
        for m in range(SECTIONS):
            room = f"第{m + 1}股"
            units.append(["", room, "", name, "股室", "", "", "", m + 1])
            rooms.append(f"{name}/{room}")
    people: list[list[Value]] = []
    seats: list[list[Value]] = []
    given = "承安明川思澜知予子砚云舒月禾秋水春野海若江涵清晏润川守正怀谷若汀"
    for n in range(PEOPLE):
        name = rng.choice("王李张刘陈杨黄赵吴周") + "".join(rng.sample(given, 2))
        people.append([name, f"SW{n:05}"])
        unit, charge = rooms[n % len(rooms)], ""
        title, role = "科员", "工作人员"
        if n < len(rooms):
            title, role = "负责人", "主要负责人"
        elif n < 2 * len(rooms):
            title, role = "副职", "副职"
            if "/" not in unit:
                charge = "、".join(f"{unit}/第{m + 1}股" for m in range(3))
        seats.append([f"SW{n:05}", unit, title, role, "", None, DAY, None, charge])
    out = io.BytesIO()
    rows = {words.UNITS: units, words.PEOPLE: people, words.SEATS: seats}
    template.write(out, rows, on=DAY)
    return out.getvalue(), len(units)


def run() -> None:
    """One database."""
    databases.set_up()
    from django.core.files.uploadedfile import SimpleUploadedFile
    from django.test import Client
    from django.test.utils import setup_test_environment

    from luoshi.ledger.models import BulkRow
    from luoshi.orgs import founding
    from luoshi.orgs.models import Appointment, Person, Portfolio, Unit

    admin = founding.found_with_user(
        "云州市水务局", username="admin", name="严守则", password="ChengHu-2026", at=NOW
    )
    data, units = workbook()
    setup_test_environment()
    client = Client()
    client.force_login(admin)
    for first in (True, False):
        times = [time.perf_counter()]
        form = {
            "workbook": SimpleUploadedFile("组织.xlsx", data),
            "on": DAY.isoformat(),
            "complete": "on",
        }
        address = client.post("/units/import/", form)["Location"]
        times.append(time.perf_counter())
        page = client.get(address)
        times.append(time.perf_counter())
        assert not page.context["problems"], page.context["problems"][:5]
        uploaded, compared = (b - a for a, b in pairwise(times))
        if not first:
            assert not page.context["plan"].report.changes
            print(
                f"  the same file again: uploaded {uploaded:.1f} s, nothing to change "
                f"{compared:.1f} s"
            )
            break
        fields = {
            name: re.findall(rf'name="{name}" value="([^"]+)"', page.content.decode())[0]
            for name in ("seen", "request_id")
        }
        answer = client.post(address, {**fields, "apply": "1"})
        times.append(time.perf_counter())
        assert answer.status_code == 303, answer.content.decode()[:2000]
        assert Person.objects.count() == Appointment.objects.count() == PEOPLE
        assert Unit.objects.count() == units
        rows = BulkRow.objects.filter(entry__kind="organisation.imported").count()
        print(
            f"  {len(data) // 1024} KB, {units} units, {PEOPLE} people and appointments, "
            f"{Portfolio.objects.count()} portfolios: uploaded {uploaded:.1f} s, dry run "
            f"{compared:.1f} s, applied with {rows} ledger rows {times[3] - times[2]:.1f} s; "
            f"in all {times[3] - times[0]:.1f} s (goal ≤ {GOAL})"
        )


if __name__ == "__main__":
    run()
