"""The record's pages: what it says, what lies outside, packs of what one may read, papers."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from luoshi.directives.models import Approval, Directive, Task
from luoshi.duties import actions as duties
from luoshi.duties.models import Occurrence
from luoshi.ledger import keys, outside, packs
from luoshi.ledger.models import Checkpoint, Entry, OutsideCopy, Witness
from luoshi.ledger.sequence import sequence_all
from luoshi.lib import evidence, witness
from tests.cast import AT, TODAY, Cast
from tests.directives.test_actions import load
from tests.road import decide


@pytest.fixture
def issued(cast: Cast) -> Directive:
    """A directive that went its road, was issued, and one report made and accepted."""
    from luoshi.directives import actions

    directive = load(cast)
    actions.confirm(directive, by=cast.users["office_clerk"], at=AT)
    decide(directive, cast)
    duties.issue(directive, by=cast.users["office_clerk"], at=AT)
    owed = Occurrence.objects.get(unit=cast.units["beidu"], key="once")
    duties.submit(owed, note="办好了", uploads=[], by=cast.users["beidu_head"], at=AT)
    duties.accept(owed, note="", by=cast.users["office_clerk"], at=AT)
    sequence_all(holder="test", now=AT)
    return directive


def said(client: Client, address: str) -> dict[str, list[Any]]:
    """The pack at an address, checked: code → values."""
    answer = client.get(address)
    assert answer.status_code == 200, answer.content
    assert answer["Content-Type"].startswith("application/jsonl")
    lines = b"".join(answer.streaming_content).decode().splitlines(keepends=True)
    found: dict[str, list[Any]] = {"lines": lines}
    for code, values in evidence.check(lines):
        found.setdefault(code, []).append(values)
    assert not set(found) & evidence.BAD
    return found


class TestPacks:
    def test_a_report(self, cast: Cast, client: Client, issued: Directive) -> None:
        owed = Occurrence.objects.get(unit=cast.units["beidu"], key="once")
        cast.sign_in(client, "beidu_clerk")
        assert (
            f"/occurrences/{owed.pk}/evidence/"
            in client.get(f"/occurrences/{owed.pk}/").content.decode()
        )
        found = said(client, f"/occurrences/{owed.pk}/evidence/")
        kinds = [entry["kind"] for entry in found["entry"]]
        assert kinds == ["directive.issued", "occurrence.submitted", "occurrence.accepted"]
        rows = json.loads(found["lines"][1])["rows"]
        assert len(rows) == 1
        assert str(owed.assignment_id) in rows[0]["body"]
        others = Occurrence.objects.exclude(assignment=owed.assignment_id)
        text = "".join(found["lines"])
        assert not [o for o in others if str(o.pk) in text], "only this unit's row is shown"

    def test_a_task_and_a_directive(self, cast: Cast, client: Client, issued: Directive) -> None:
        cast.sign_in(client, "office_clerk")
        task = Task.objects.filter(directive=issued, state="issued").order_by("position")[0]
        found = said(client, f"/directives/{issued.pk}/evidence/{task.pk}/")
        assert {"directive.imported", "directive.issued"} <= {e["kind"] for e in found["entry"]}
        page = client.get(f"/directives/{issued.pk}/", {"r": str(task.requirement_id)})
        assert f"/evidence/{task.pk}/" in page.content.decode()
        found = said(client, f"/directives/{issued.pk}/evidence/")
        kinds = {e["kind"] for e in found["entry"]}
        assert {"approval.asked", "approval.given", "directive.issued"} <= kinds
        assert client.get(f"/directives/{issued.pk}/evidence/{issued.pk}/").status_code == 404

    def test_an_approval(self, cast: Cast, client: Client, issued: Directive) -> None:
        cast.sign_in(client, "office_clerk")
        approval = Approval.objects.get()
        found = said(client, f"/approvals/{approval.pk}/evidence/")
        assert [e["kind"] for e in found["entry"]] == ["approval.asked", "approval.given"]

    def test_nothing_numbered_yet(self, cast: Cast, client: Client) -> None:
        directive = load(cast)
        cast.sign_in(client, "office_clerk")
        answer = client.get(f"/directives/{directive.pk}/evidence/")
        assert answer.status_code == 409
        assert "还没有编号" in answer.content.decode()

    def test_the_whole_record_shows_no_body(
        self, cast: Cast, client: Client, issued: Directive
    ) -> None:
        cast.sign_in(client, "auditor")
        found = said(client, "/record/export/")
        assert (
            found["whole"][0]["count"]
            == Checkpoint.objects.filter(organisation=cast.organisation).latest("size").size
        )
        assert "办好了" not in "".join(found["lines"])
        assert "entry" not in found


class TestRecordPage:
    def test_without_a_witness_it_says_so(
        self, cast: Cast, client: Client, issued: Directive
    ) -> None:
        cast.sign_in(client, "auditor")
        page = client.get("/record/").content.decode()
        assert "没有外部见证" in page
        assert "指定见证人" in page
        assert "审核通过" in page
        assert keys.public(cast.organisation.pk)[0] in page

    def test_what_waits_too_long_and_a_missing_key(
        self, cast: Cast, client: Client, issued: Directive
    ) -> None:
        vkey = keys.public(cast.organisation.pk)[0]
        keys._path(cast.organisation.pk, vkey).unlink()
        load(cast, text="通知\n各科室要在5月底前完成一次自查，形成自查报告。\n")
        Entry.objects.filter(index__isnull=True).update(inserted_at=AT)
        cast.sign_in(client, "auditor")
        page = client.get("/record/").content.decode()
        assert "等待编号已超过一分钟" in page
        assert "不在数据文件夹里" in page


class TestOutside:
    @pytest.fixture
    def page(self, cast: Cast, client: Client, issued: Directive) -> Client:
        cast.sign_in(client, "auditor")
        return client

    @pytest.fixture(autouse=True)
    def today(self) -> Iterator[None]:
        import time_machine

        with time_machine.travel(AT, tick=False):
            yield

    def test_a_witness_is_named_and_gets_its_copies(self, cast: Cast, page: Client) -> None:
        assert "还没有人在外部留存" in page.get("/record/outside/").content.decode()
        sent = page.post("/record/outside/", {"name": "市档案馆", "way": "sealed"}, follow=True)
        assert "已指定" in sent.content.decode()
        assert "本月还未移交" in sent.content.decode()
        sequence_all(holder="t", now=AT)
        archive = Witness.objects.get()
        newest = packs.newest(cast.organisation.pk)
        size, root = newest.size, newest.root
        sent = page.post(
            f"/record/outside/{archive.pk}/copy/",
            {"size": size, "root_start": root[:8].upper(), "on": str(TODAY)},
            follow=True,
        )
        assert f"市档案馆存有{size}条的检查点" in sent.content.decode()
        assert OutsideCopy.objects.get().by.startswith(cast.users["auditor"].name)
        sequence_all(holder="t", now=AT)
        record = page.get("/record/", {"verify": "1"}).content.decode()
        assert f"据服务器登记，{size}条的检查点已移交市档案馆" in record
        assert "没有外部见证" in record, "nobody has compared the paper yet"
        sent = page.post(
            f"/record/outside/{archive.pk}/end/", {"version": 1, "reason": "换人"}, follow=True
        )
        assert "已结束" in sent.content.decode()

    def test_what_was_typed_comes_back(self, page: Client) -> None:
        sent = page.post("/record/outside/", {"name": "审计局", "way": "cosigned", "vkey": "假的"})
        assert sent.status_code == 400
        assert "请填写见证机器的公钥" in sent.content.decode()
        assert 'value="假的"' in sent.content.decode()
        page.post("/record/outside/", {"name": "市档案馆", "way": "sealed"})
        archive = Witness.objects.get()
        for data, words in (
            ({"size": "abc", "on": str(TODAY)}, "“存证条数”一栏的数字"),
            ({"size": "1", "on": "五月"}, "2026-06-30"),
            ({"size": "1"}, "请填写日期"),
            ({"size": "99999", "on": str(TODAY)}, "没有99999条的检查点"),
        ):
            sent = page.post(f"/record/outside/{archive.pk}/copy/", data)
            assert sent.status_code == 400
            assert words in sent.content.decode()
            assert f'value="{data["size"]}"' in sent.content.decode()
        sent = page.post(f"/record/outside/{archive.pk}/end/", {"version": 9, "reason": "x"})
        assert sent.status_code == 409
        sent = page.post(f"/record/outside/{archive.pk}/end/", {"version": 1})
        assert sent.status_code == 400
        assert "请写明不再留存的原因" in sent.content.decode()
        assert '<details class="more" open>' in sent.content.decode()
        assert not OutsideCopy.objects.exists()

    def test_a_cosigning_witness_without_a_network(
        self, cast: Cast, page: Client, tmp_path: Path
    ) -> None:
        audit = witness.Witness.make(tmp_path / "w", "audit.example/w1")
        audit.trust(keys.public(cast.organisation.pk)[0])
        page.post(
            "/record/outside/", {"name": "审计局", "way": "cosigned", "vkey": audit.signer.vkey}
        )
        sequence_all(holder="t", now=AT)
        keeper = Witness.objects.get()
        asked = page.get(f"/record/outside/{keeper.pk}/request/").content.decode()
        answer = tmp_path / "answer.txt"
        answer.write_text(audit.sign(asked, AT), encoding="utf-8")
        with answer.open("rb") as file:
            sent = page.post(f"/record/outside/{keeper.pk}/cosigned/", {"file": file}, follow=True)
        assert "审计局存有" in sent.content.decode()
        sent = page.post(f"/record/outside/{keeper.pk}/cosigned/", {"line": "假的"})
        assert "这不是“审计局”对这里检查点的签认" in sent.content.decode()

    def test_the_sheet_and_the_file(self, cast: Cast, page: Client, tmp_path: Path) -> None:
        newest = packs.newest(cast.organisation.pk)
        sheet = page.get("/record/outside/sheet/").content.decode()
        assert newest.root[:8] in sheet
        assert newest.root[56:] in sheet
        file = page.get("/record/checkpoint/")
        assert file.content.decode() == newest.note
        (tmp_path / "kept").write_bytes(file.content)
        assert evidence.held(str(tmp_path / "kept")) == [(newest.size, bytes.fromhex(newest.root))]

    def test_a_new_key(self, cast: Cast, page: Client) -> None:
        before = keys.public(cast.organisation.pk)
        sent = page.post("/record/outside/key/", follow=True)
        assert "新密钥已启用" in sent.content.decode()
        assert keys.public(cast.organisation.pk)[1:] == before

    def test_two_people_at_once(self, cast: Cast, page: Client) -> None:
        """The same form sent twice names one witness."""
        form = {"name": "市档案馆", "way": "sealed", "request_id": "once"}
        assert page.post("/record/outside/", form).status_code == 303
        again = page.post("/record/outside/", form | {"name": "档案馆"})
        assert again.status_code == 409
        assert Witness.objects.count() == 1


class TestPapers:
    def code_of(self, client: Client, address: str) -> str:
        page = client.get(address).content.decode()
        assert "存证第" in page
        return page

    def test_the_code_leads_to_an_answer(
        self, cast: Cast, client: Client, issued: Directive
    ) -> None:
        from luoshi.ledger.citing import cite

        cast.sign_in(client, "office_clerk")
        self.code_of(client, f"/directives/{issued.pk}/tasklist/")
        self.code_of(client, f"/directives/approvals/{Approval.objects.get().pk}/slip/")
        found = cite(cast.organisation.pk, [("directive", issued.pk)])
        assert found is not None
        assert Entry.objects.get(index=found.index, organisation=cast.organisation).kind == (
            "directive.issued"
        )
        page = client.get(f"/record/paper/?{found.query}").content.decode()
        assert "存证码有效" in page
        assert "没有核对纸上的文字" in page
        assert "下发" in page
        client.logout()
        page = client.get(f"/record/paper/?{found.query}").content.decode()
        assert "存证码有效" in page
        assert "出自：云州市水务局" in page
        assert "下发" not in page, "an outsider learns yes or no, and nothing more"
        other = found.query.replace(found.leaf, "0" * 16)
        assert "存证码与存证不符" in client.get(f"/record/paper/?{other}").content.decode()
        other = found.query.replace(found.root, "0" * 64)
        assert "没有这个检查点" in client.get(f"/record/paper/?{other}").content.decode()
        for query in ("", "c=1", "c=x.y&e=1.2", f"c={'9' * 30}.{'0' * 64}"):
            assert "存证码不完整" in client.get(f"/record/paper/?{query}").content.decode()
        assert evidence.held(f"http://x/record/paper/?{found.query}") == [
            (found.size, bytes.fromhex(found.root))
        ]

    def test_a_slip_leads_to_the_record_and_on(
        self, cast: Cast, client: Client, issued: Directive
    ) -> None:
        from luoshi.ledger.citing import cite

        approval = Approval.objects.get()
        found = cite(cast.organisation.pk, [("approval", approval.pk)])
        assert found is not None
        assert (
            Entry.objects.get(index=found.index, organisation=cast.organisation).kind
            == "approval.given"
        )
        page = client.get(f"/record/paper/?{found.query}&a={approval.pk}").content.decode()
        assert "登录后查看送审内容" in page
        page = client.get(f"/record/paper/?{found.query}&a=//evil.example").content.decode()
        assert 'href="//evil' not in page
        assert "登录后查看送审内容" not in page

    def test_an_issued_notice_is_the_same_whenever_it_is_printed(
        self, cast: Cast, client: Client, issued: Directive
    ) -> None:
        cast.sign_in(client, "office_clerk")
        before = client.get(f"/directives/{issued.pk}/notice.docx").content
        load(cast, text="通知\n各科室要在5月底前完成一次自查，形成自查报告。\n")
        sequence_all(holder="test", now=AT)
        assert client.get(f"/directives/{issued.pk}/notice.docx").content == before

    def test_the_picture_fills_its_box(self) -> None:
        from luoshi.papers import qr

        assert re.match(r'<svg[^>]* viewBox="0 0 (\d+) \1"', qr.svg("http://x/?c=1"))
        assert "width=" not in qr.svg("x").partition(">")[0]

    def test_a_log_that_was_rewritten_is_told_by_its_papers(
        self, cast: Cast, client: Client, issued: Directive
    ) -> None:
        from luoshi.ledger.citing import cite
        from luoshi.ledger.models import Tile

        found = cite(cast.organisation.pk, [("directive", issued.pk)])
        assert found is not None
        tile = Tile.objects.get(organisation=cast.organisation, level=0)
        kept = bytes(tile.hashes)
        Tile.objects.filter(pk=tile.pk).update(hashes=bytes(len(kept)))
        page = client.get(f"/record/paper/?{found.query}").content.decode()
        assert "存证码与存证不符" in page
        Tile.objects.filter(pk=tile.pk).update(hashes=kept)

    def test_files_bear_the_code(self, cast: Cast, client: Client, issued: Directive) -> None:
        import io
        import zipfile

        cast.sign_in(client, "office_clerk")
        for address in ("tasklist.docx", "tasklist.xlsx", "notice.docx", "transmission.docx"):
            content = client.get(f"/directives/{issued.pk}/{address}").content
            with zipfile.ZipFile(io.BytesIO(content)) as package:
                pictures = [n for n in package.namelist() if n.endswith(".png")]
                assert pictures, address
                parts = [n for n in package.namelist() if n.endswith(".xml")]
                text = b"".join(package.read(n) for n in parts).decode()
                assert re.search(r"存证第\d+条", text), address

    def test_before_the_first_checkpoint_papers_bear_none(self, cast: Cast, client: Client) -> None:
        directive = load(cast)
        cast.sign_in(client, "office_clerk")
        page = client.get(f"/directives/{directive.pk}/tasklist/").content.decode()
        assert "存证第" not in page


def test_a_witness_is_named_at_the_first_start(client: Client, db: None) -> None:
    from luoshi.orgs import first_start

    form = {
        "code": first_start.code(), "organisation": "云州市水务局", "units": "办公室",
        "name": "何静之", "username": "hejingzhi", "password": "ChengHu-2026",
        "again": "ChengHu-2026", "witness": " 市档案馆 ",
    }  # fmt: skip
    page = client.get("/start/").content.decode()
    assert 'name="witness"' in page
    sent = client.post("/start/", form)
    assert sent.status_code == 303, sent.content.decode()
    assert [w.name for w in Witness.objects.all()] == ["市档案馆"]
    assert outside.due(Witness.objects.get(), None, timezone.localdate())
