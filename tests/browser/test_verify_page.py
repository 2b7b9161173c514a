"""The page for evidence packs says what the reference checker says, about the same files."""

import hashlib
import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.utils import translation
from playwright.sync_api import Page, expect

from luoshi.base.models import Organisation
from luoshi.insight.views import verify
from luoshi.ledger import actions, erasing, keys, outside, packs
from luoshi.ledger.models import Entry, Witness
from luoshi.ledger.sequence import sequence
from luoshi.lib import evidence, notes, witness
from luoshi.lib.ids import new_id
from tests.browser.conftest import Desk
from tests.cast import AT, TODAY, Cast

ABOUT = "“北渡分局” 全部事项 😀"
WITNESS = "渡口见证人"

CHECK = """async ([text, keys, against]) => {
  try {
    const lines = evidence.linesOf(new File([text], "pack"));
    const held = against.map(([size, root]) => ({ size, root }));
    return await evidence.check(lines, { keys, against: held });
  } catch (error) {
    return error.name;
  }
}"""


def put(organisation: Organisation, number: int = 1, **given: Any) -> Entry:
    given = {"object_id": new_id(), "version": 1, "at": AT} | given
    with transaction.atomic():
        return actions.append(
            "unit.created",
            organisation_id=organisation.pk,
            actor="闻秋白 办公室",
            object_kind="unit",
            values={"number": number, "name": "北渡“分局”\n😀"},
            **given,
        )


class Log:
    """A log with a bulk act, two versions of an object, an erased entry, two outside copies."""

    def __init__(self, organisation: Organisation, folder: Path) -> None:
        self.organisation = organisation
        self.machine = witness.Witness.make(folder / "witness", WITNESS)
        unit = new_id()
        self.plain = put(organisation, 1, object_id=unit)
        put(organisation, 2, object_id=unit, version=2)
        self.bulk = put(organisation, 3, rows=[{"n": n} for n in range(5)])
        self.gone = put(organisation, 4)
        for n in range(3):
            put(organisation, n)
        self.sequence()
        self.unsigned_yet = self.pack([self.plain])
        self.cosign()
        erasing.erase(organisation.pk, [self.gone.pk], under="存满三年", actor="闻秋白", at=AT)
        self.sequence()
        newest = packs.newest(organisation.pk)
        sealed = outside.name_witness(organisation.pk, name="市档案馆", actor="闻秋白", at=AT)
        outside.hand_over(
            sealed, size=newest.size, root_start=newest.root, on=TODAY, actor="闻秋白", at=AT
        )
        put(organisation, 8, at=AT - timedelta(days=3))
        self.sequence()
        self.key = keys.public(organisation.pk)[0]

    def sequence(self) -> None:
        sequence(self.organisation.pk, holder="test", now=AT)

    def cosign(self) -> None:
        named = outside.name_witness(
            self.organisation.pk,
            name=WITNESS,
            way=Witness.Way.COSIGNED,
            vkey=self.machine.signer.vkey,
            actor="闻秋白",
            at=AT,
        )
        self.machine.trust(keys.public(self.organisation.pk)[0])
        line = self.machine.sign(str(outside.request(named)), AT)
        outside.take_cosignature(named, line, at=AT)

    def pack(self, entries: list[Entry], *, rows: tuple[int, ...] = (), **given: Any) -> str:
        wanted = [packs.Wanted(entry.pk, rows, **given) for entry in entries]
        return "".join(packs.pack(self.organisation, wanted, about=ABOUT, at=AT))

    def whole(self, **given: Any) -> str:
        return "".join(packs.whole(self.organisation, about=ABOUT, at=AT, **given))

    def forked(self) -> str:
        """A pack whose outside copy is of another log, signed by the same witness all the same."""
        other = notes.text_of(keys.origin(self.organisation.pk), 5, bytes(32))
        note = notes.with_lines(other, [self.machine.signer.line(other, AT)])
        return edited(self.whole(), 0, lambda head: head["outside"][0].update(checkpoint=note))


def backwards() -> str:
    """A log in which the second version of an object comes before the first."""
    organisation = Organisation.objects.create(slug="houdu", name="后渡区水务局", created_at=AT)
    unit = new_id()
    for version in (2, 1):
        put(organisation, version=version, object_id=unit)
        sequence(organisation.pk, holder="test", now=AT)
    return "".join(packs.whole(organisation, about=ABOUT, at=AT))


def edited(text: str, line: int, change: Callable[[Any], object]) -> str:
    lines = text.splitlines()
    value = json.loads(lines[line])
    change(value)
    lines[line] = json.dumps(value, ensure_ascii=False)
    return "".join(f"{line}\n" for line in lines)


def replaced(name: str, old: str, new: str) -> Callable[[Any], object]:
    def change(value: Any) -> None:
        assert old in value[name]
        value[name] = value[name].replace(old, new, 1)

    return change


def swapped_signature(head: Any) -> None:
    text, lines = notes.split(head["checkpoint"])
    dash, name, given = lines[0].split(" ")
    head["checkpoint"] = notes.with_lines(text, [f"{dash} {name} {given[:-9]}AAAAAAA{given[-2:]}"])


def cases(log: Log) -> Iterator[tuple[str, str, set[str]]]:
    """Name, text and some of the codes that must be found (none: unreadable)."""
    single, whole = log.pack([log.plain]), log.whole()
    bulk = log.pack([log.bulk], rows=(1, 3))
    yield "single", single, {"signed_own", "witnessed_own", "handed_over", "entry", "part"}
    yield "first", log.unsigned_yet, {"no_witness", "entry"}
    yield "row", bulk, {"entry"}
    yield "complete", whole, {"entry", "erased", "whole", "clock", "not_after"}
    yield "without bodies", log.whole(disclosed=False), {"closed", "whole"}
    yield "not disclosed", log.pack([log.bulk, log.plain], disclosed=False), {"closed"}
    yield "erased", log.pack([log.gone]), {"erased", "entry"}
    yield "edited body", edited(single, 1, replaced("body", '"number":1', '"number":7')), {"body"}
    kind = replaced("leaf", "unit.created", "unit.closed")
    yield "edited leaf", edited(single, 1, kind), {"not_inside"}
    later = replaced("leaf", "T01:30", "T01:31")
    yield "edited leaf of all", edited(whole, 3, later), {"cut"}
    proof = edited(single, 1, lambda entry: entry["proof"].reverse())
    yield "wrong proof", proof, {"not_inside"}
    moved = edited(single, 1, lambda entry: entry.update(index=entry["index"] + 1))
    yield "moved", moved, {"not_inside"}
    wrong = edited(bulk, 1, lambda entry: entry["rows"][0].update(body='{"n":4}'))
    yield "edited row", wrong, {"row"}
    yield "bad signature", edited(single, 0, swapped_signature), {"unsigned"}
    yield "forked", log.forked(), {"forked"}
    other = witness.Signer.new(WITNESS, evidence.COSIGNATURE).vkey
    stranger = edited(single, 0, lambda head: head["outside"][0].update(key=other))
    yield "another witness", stranger, {"bad_witness"}
    yield "erasure left out", log.pack([log.gone]).rsplit("\n", 2)[0] + "\n", {"missing", "cut"}
    lines = whole.splitlines(keepends=True)
    yield "turned round", "".join([lines[0], *reversed(lines[1:])]), {"not_inside"}
    yield "order", backwards(), {"order"}
    yield "cut", "".join(lines[:-2]), {"cut"}
    yield "cut in a line", whole[:-40], set()
    yield "not JSON", "落实", set()
    yield "empty", "", set()
    yield "another format", '{"format":"else"}\n', set()
    yield "no object", "[1]\n", set()
    yield "empty line", f"{single}\n", set()
    number = '\\"number\\":1'
    half = single.replace(number, '\\"number\\":\\"\\\\ud800\\"')
    yield "half a sign as text", half, {"body"}
    yield "half a sign", single.replace(number, "\\ud800"), set()
    yield "no proof", edited(single, 1, lambda entry: entry.pop("proof")), set()
    yield "no day", edited(single, 1, replaced("leaf", "2026-03-02", "2026-02-30")), set()


def reference(
    text: str, trusted: list[str], against: list[tuple[int, str]]
) -> list[list[Any]] | str:
    held = [(size, bytes.fromhex(root)) for size, root in against]
    try:
        found = list(evidence.check(text.splitlines(keepends=True), trusted, held))
    except ValueError:
        return "Unreadable"
    return json.loads(json.dumps(found))  # type: ignore[no-any-return]  # what JSON gives


@pytest.mark.browser
@pytest.mark.damages_log
@pytest.mark.django_db(transaction=True)
def test_the_page_finds_what_the_reference_finds(
    cast: Cast, desks: Callable[..., Desk], tmp_path: Path
) -> None:
    log = Log(cast.organisation, tmp_path)
    page = desks().page
    page.goto("/record/verify/")
    assert set(page.evaluate("evidence.BAD")) == evidence.BAD
    newest = packs.newest(log.organisation.pk)
    stranger = notes.Signer.new(keys.origin(log.organisation.pk)).vkey
    elsewhere = [
        ([], []),
        ([log.key, log.machine.signer.vkey], [(newest.size, newest.root)]),
        ([stranger], [(5, "00" * 32), (8, "ab" * 32)]),
    ]
    for name, text, codes in cases(log):
        for trusted, against in elsewhere:
            expected = reference(text, trusted, against)
            found = page.evaluate(CHECK, [text, trusted, against])
            assert found == expected, name
            if codes and not trusted:
                assert codes <= {code for code, _values in expected}, name
            elif not codes:
                assert expected == "Unreadable", name


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_a_step_that_is_no_hash_proves_nothing(
    cast: Cast, desks: Callable[..., Desk], tmp_path: Path
) -> None:
    """Both children of the root as one long step would otherwise put any leaf into the log."""
    log = Log(cast.organisation, tmp_path)
    page = desks().page
    page.goto("/record/verify/")
    single, total = log.pack([log.plain]), packs.newest(log.organisation.pk).size
    line = json.loads(single.splitlines()[1])
    half = 1 << (total - 1).bit_length() - 1
    leaf = evidence.leaf_hash(line["leaf"].encode())
    assert line["index"] < half
    below = evidence.root_from(leaf, line["index"], half, line["proof"][:-1])
    forged = edited(single, 1, replaced("leaf", "unit.created", "unit.closed"))
    forged = edited(forged, 1, lambda one: one.update(proof=[below.hex() + line["proof"][-1]]))
    found = page.evaluate(CHECK, [forged, [], []])
    assert "not_inside" in {code for code, _values in found}


def choose(page: Page, text: str, name: str = "北渡分局.evidence.jsonl") -> None:
    page.locator("#pack").set_input_files(
        {"name": name, "mimeType": "application/jsonl", "buffer": text.encode()}
    )


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_a_person_drops_a_file_and_reads_what_it_proves(
    cast: Cast, desks: Callable[..., Desk], tmp_path: Path
) -> None:
    log = Log(cast.organisation, tmp_path)
    whole = log.whole()
    page = desks().page
    sent: list[str] = []
    page.goto("/record/verify/")
    page.on("request", lambda request: sent.append(request.url))
    choose(page, whole)
    expect(page.locator(".verdict.alone")).to_be_visible()
    page.locator(".each summary").click()
    expect(page.locator(".part.proven")).to_contain_text("存满三年")
    expect(page.locator(".part.open li").last).to_be_visible()
    page.locator(".more summary").click()
    page.locator("#keys").fill("luoshi/nobody")
    page.locator("#keys").blur()
    expect(page.locator("#keys_err")).to_be_visible()
    page.locator("#keys").fill(notes.Signer.new("luoshi/elsewhere").vkey)
    page.locator("#keys").blur()
    expect(page.locator(".part.bad")).to_contain_text("luoshi/elsewhere")
    page.locator("#keys").fill(log.key)
    newest = packs.newest(log.organisation.pk)
    page.locator("#against").fill(f"{newest.size}:{newest.root}")
    page.locator("#against").blur()
    expect(page.locator(".part.proven")).to_contain_text(newest.root)
    expect(page.locator(".verdict.holds")).to_be_visible()
    page.locator("#against").fill(f"{newest.size}:{'0' * 64}")
    page.locator("#against").blur()
    expect(page.locator(".verdict.fails")).to_be_visible()
    choose(page, "<b>落实</b>")
    expect(page.locator(".verdict.unreadable")).to_be_visible()
    assert [url for url in sent if not url.startswith("blob:") and "/static/" not in url] == []


@pytest.mark.django_db
def test_the_page_and_the_program_are_public(cast: Cast, client: Client) -> None:
    answer = client.get("/record/verify/evidence.py")
    assert answer["Content-Type"] == "text/x-python; charset=utf-8"
    assert answer["Content-Disposition"] == 'attachment; filename="evidence.py"'
    assert answer.content == Path(evidence.__file__).read_bytes()
    page = client.get("/record/verify/").content.decode()
    assert hashlib.sha256(answer.content).hexdigest() in page
    assert "python3 evidence.py" in page
    assert "<noscript>" in page
    assert client.post("/record/verify/").status_code == 405
    cast.sign_in(client, "office_clerk")
    assert 'class="nav"' in client.get("/record/verify/").content.decode()


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_statement_has_its_place(language: str) -> None:
    with translation.override(language):
        texts = verify.texts()
    assert set(texts) == set(evidence.TEXTS)
    for code, parts in texts.items():
        places = [place for place, _text in parts]
        assert ("bad" in places) is (code in evidence.BAD), code
        assert all(text and not text.startswith(("不成立", "Does not")) for _place, text in parts)
    assert [place for place, _text in texts["signed_own"]] == ["proven", "open"]
    assert [place for place, _text in texts["not_time"]] == ["open"]
