"""Pages of a directive: import, triage with and without htmx, spans, the grid."""

import io
import json
from pathlib import Path
from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from bench.pdf import Pdf
from luoshi.base.models import PendingUpload
from luoshi.directives.models import Directive, Requirement, Task, Triage
from luoshi.duties.models import Occurrence
from tests.cast import Cast
from tests.directives.test_actions import TEXT, clause, load, task_of, units_of
from tests.reading.ofd import Ofd
from tests.reading.plan import draw
from tests.road import decide

DATA = Path(__file__).resolve().parents[1] / "data"


def locked_pdf() -> bytes:
    made = Pdf()
    made.page()
    made.text(79, 150, "办公室要报送清单。")
    return made.data(user="secret")


def scan() -> bytes:
    made = Pdf()
    made.page()
    made.picture(0, 0, 595, 842)
    return made.data()


@pytest.fixture
def directive(cast: Cast, client: Client) -> Directive:
    cast.sign_in(client, "office_clerk")
    return load(cast)


def post(client: Client, address: str, htmx: bool = False, **values: object) -> tuple[int, str]:
    headers = {"HX-Request": "true", "HX-Target": "listpane"} if htmx else {}
    answer = client.post(address, values, headers=headers)
    return answer.status_code, answer.content.decode() or answer.get("Location", "")


def act(requirement: Requirement, verb: str) -> str:
    return f"/directives/clauses/{requirement.pk}/{verb}/"


class TestImport:
    def upload(self, client: Client, name: str, data: bytes, **more: object) -> tuple[int, str]:
        client.get("/directives/new/")
        owner = client.get("/directives/new/").context["form"].fields["owner"].queryset[0].pk
        values = {
            "document": SimpleUploadedFile(name, data),
            "year": 2026,
            "owner": owner,
            **more,
        }
        answer = client.post("/directives/new/", values)
        return answer.status_code, answer.content.decode() or answer.get("Location", "")

    def test_a_file_opens_for_triage(self, cast: Cast, client: Client) -> None:
        cast.sign_in(client, "office_clerk")
        status, address = self.upload(client, "要点.txt", TEXT.encode("gb18030"))
        assert status == 303
        directive = Directive.objects.get()
        assert address == f"/directives/{directive.pk}/"
        assert directive.text == TEXT
        source = client.get(f"/directives/{directive.pk}/source/")
        assert b"".join(source.streaming_content) == TEXT.encode("gb18030")  # type: ignore[attr-defined]  # a streaming response
        assert source["Content-Disposition"].startswith("attachment")

    def test_pasted_text_keeps_every_character(self, cast: Cast, client: Client) -> None:
        cast.sign_in(client, "office_clerk")
        owner = cast.units["bureau"].pk
        pasted = TEXT.replace("\n", "\r\n")
        answer = client.post(
            "/directives/new/", {"text": pasted, "year": 2026, "owner": owner, "title": "要点"}
        )
        assert answer.status_code == 303
        assert Directive.objects.get().text == TEXT

    @pytest.mark.parametrize(
        ("name", "data", "says"),
        [
            ("空.txt", b"", "空"),
            ("坏.txt", b"\xff\xfe\xff\xff\x00\xd8", "另存"),
            ("宏.docm", b"x", "宏"),
            ("旧.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "另存为 .docx"),
            ("假.docx", b"PK\x03\x04 no zip", "损坏"),
            ("假.pdf", b"PK\x03\x04 word/document.xml", "改成 .docx"),
            ("锁.pdf", locked_pdf(), "去掉密码"),
            ("扫描.pdf", scan(), "扫描件"),
        ],
    )
    def test_a_bad_document_is_refused_with_place_and_remedy(
        self, cast: Cast, client: Client, name: str, data: bytes, says: str
    ) -> None:
        cast.sign_in(client, "office_clerk")
        status, page = self.upload(client, name, data, title="留着的标题")
        assert status == 400
        assert "留着的标题" in page
        assert 'class="err"' in page
        assert says in page
        assert not Directive.objects.exists()

    def test_the_same_in_english(self, cast: Cast, client: Client) -> None:
        cast.sign_in(client, "office_clerk")
        client.cookies["django_language"] = "en"
        status, page = self.upload(client, "scan.pdf", scan())
        assert status == 400
        assert "This is a scan without text: its one page is pictures only." in page

    @pytest.mark.parametrize("kind", [".pdf", ".ofd"])
    def test_pages_of_a_document_open_for_triage_beside_the_original(
        self, cast: Cast, client: Client, kind: str
    ) -> None:
        cast.sign_in(client, "office_clerk")
        made: Pdf | Ofd = Pdf() if kind == ".pdf" else Ofd()
        wanted = draw(made)
        made.page()
        made.picture(0, 0, 595, 842)
        data = made.data()
        status, address = self.upload(client, f"要点{kind}", data)
        assert status == 303
        directive = Directive.objects.get()
        assert directive.text == wanted
        assert directive.source_name == f"要点{kind}"
        source = client.get(f"/directives/{directive.pk}/source/")
        assert b"".join(source.streaming_content) == data  # type: ignore[attr-defined]  # a streaming response
        row = clause(directive, "修订公务接待管理办法")
        assert (row.actors, row.deadline) == (["财务科"], "4月底前")
        page = client.get(address).content.decode()
        assert "页只有图片，没有读出文字" in page

    def test_the_form_says_what_is_taken(self, cast: Cast, client: Client) -> None:
        cast.sign_in(client, "office_clerk")
        page = client.get("/directives/new/").content.decode()
        assert 'accept=".txt,.md,.docx,.pdf,.html,.htm,.ofd,.doc,.wps"' in page
        for ending in (".docx", ".doc", ".wps", "PDF", ".ofd", ".html", "20 MB"):
            assert ending in page.split('id="id_document_help"')[1][:200]

    def test_twice_offers_the_earlier_one(self, cast: Cast, client: Client) -> None:
        cast.sign_in(client, "office_clerk")
        self.upload(client, "a.txt", TEXT.encode())
        earlier = Directive.objects.get()
        status, page = self.upload(client, "b.txt", TEXT.encode())
        assert status == 409
        assert f"/directives/{earlier.pk}/" in page
        assert Directive.objects.count() == 1
        status, _ = self.upload(client, "b.txt", TEXT.encode(), again="on")
        assert status == 303
        assert Directive.objects.count() == 2

    def test_once_more_keeps_the_original_as_well(self, cast: Cast, client: Client) -> None:
        cast.sign_in(client, "office_clerk")
        data = f"<html><body><p>{TEXT.replace(chr(10), '</p><p>')}</p></body></html>".encode()
        self.upload(client, "a.html", data)
        status, page = self.upload(client, "b.html", data)
        assert status == 409
        kept = PendingUpload.objects.get()
        assert f'value="{kept.pk}"' in page
        first = Directive.objects.get()
        form = {"text": first.text, "kept": str(kept.pk), "again": "on", "year": "2026",
                "owner": str(first.owner_id)}  # fmt: skip
        other = {**form, "text": "各分局要在5月底前另列一份清单，形成清单。"}
        assert client.post("/directives/new/", {**other, "again": ""}).status_code == 303
        foreign = Directive.objects.exclude(pk=first.pk).get()
        assert foreign.source is None, "a kept file is the original of its own text alone"
        assert client.post("/directives/new/", form).status_code == 303
        second = Directive.objects.exclude(pk__in=(first.pk, foreign.pk)).get()
        assert second.source_name == "b.html"
        source = client.get(f"/directives/{second.pk}/source/")
        assert b"".join(source.streaming_content) == data  # type: ignore[attr-defined]  # a streaming response
        assert not PendingUpload.objects.exists()
        assert client.post("/directives/new/", form).status_code == 404

    @pytest.mark.parametrize("who", ["bureau_head", "works_member", "nobody", "ended"])
    def test_who_may_not_import(self, cast: Cast, client: Client, who: str) -> None:
        cast.sign_in(client, who)
        assert client.get("/directives/new/").status_code == 403


class TestTriagePage:
    def test_document_and_list_show_the_same_clauses(
        self, client: Client, directive: Directive
    ) -> None:
        page = client.get(f"/directives/{directive.pk}/").content.decode()
        for requirement in Requirement.objects.filter(directive=directive):
            assert page.count(f'data-r="{requirement.pk}"') >= 2
        assert directive.sha256 in page
        assert "照此下发" in page

    def test_the_text_is_shown_character_for_character(
        self, client: Client, directive: Directive
    ) -> None:
        import html
        import re

        page = client.get(f"/directives/{directive.pk}/").content.decode()
        article = page[page.index("<article") : page.index("</article>")]
        article = re.sub(r"<u .*?</u>|<span class=\"vh\">.*?</span>", "", article, flags=re.S)
        shown = html.unescape(re.sub(r"<[^>]+>", "", article))
        for line in directive.text.splitlines():
            assert line in shown

    def test_its_price_in_queries_does_not_grow(
        self, cast: Cast, client: Client, directive: Directive,
        django_assert_max_num_queries: DjangoAssertNumQueries,
    ) -> None:  # fmt: skip
        with django_assert_max_num_queries(22):
            client.get(f"/directives/{directive.pk}/")
        more = load(cast, text=(DATA / "plain_speech.txt").read_text(encoding="utf-8"))
        with django_assert_max_num_queries(22):
            client.get(f"/directives/{more.pk}/")

    def test_with_htmx_only_the_list_and_the_price_come(
        self, client: Client, directive: Directive
    ) -> None:
        found = clause(directive, "责任清单")
        status, page = post(
            client, act(found, "triage"), htmx=True, triage="context", version=found.version
        )
        assert status == 200
        assert page.lstrip().startswith('<section class="listpane"')
        assert 'hx-swap-oob="true"' in page
        assert "<article" not in page
        assert clause(directive, "责任清单").triage == Triage.CONTEXT

    def test_without_javascript_it_goes_back_to_the_page(
        self, client: Client, directive: Directive
    ) -> None:
        found = clause(directive, "责任清单")
        status, address = post(client, act(found, "triage"), triage="context")
        assert status == 303
        assert address == f"/directives/{directive.pk}/?r={found.pk}"

    def test_covered_asks_by_what(self, client: Client, directive: Directive) -> None:
        found, other = clause(directive, "责任清单"), task_of(clause(directive, "警示教育课"))
        status, page = post(client, act(found, "triage"), htmx=True, triage="covered")
        assert status == 400
        assert 'name="covered_by"' in page
        assert str(other.pk) in page
        status, page = post(
            client, act(found, "triage"), htmx=True, triage="covered", covered_by=str(other.pk)
        )
        assert status == 200
        assert other.title in page
        later = client.get(f"/directives/{directive.pk}/").content.decode()
        assert f'?r={other.requirement_id}">看那一条</a>' in later

    def test_a_stale_choice_shows_the_newest_state(
        self, client: Client, directive: Directive
    ) -> None:
        found = clause(directive, "责任清单")
        status, page = post(client, act(found, "triage"), htmx=True, triage="context", version=9)
        assert status == 409
        assert "别人改动了这里" in page
        assert clause(directive, "责任清单").triage == Triage.TASK

    def test_filling_what_is_missing_makes_a_task_and_opens_the_next(
        self, client: Client, directive: Directive
    ) -> None:
        found = clause(directive, "供水和治河")
        status, page = post(
            client, act(found, "fill"), htmx=True, lead="办公室", when="6月底", check="情况报告"
        )
        assert status == 200
        assert clause(directive, "供水和治河").triage == Triage.TASK
        assert units_of(task_of(found)) == {"办公室"}
        assert f'id="q1" data-r="{found.pk}" data-mark="t"' in page

    @pytest.mark.parametrize(
        ("lead", "when", "says"),
        [
            ("没有的科", "6.30", "没有的科"),
            ("办公室", "六月中旬吧", "六月中旬吧"),
            ("办公室", "2.30", "2.30"),
        ],
    )
    def test_a_bad_cell_keeps_what_was_typed(
        self, client: Client, directive: Directive, lead: str, when: str, says: str
    ) -> None:
        found = clause(directive, "供水和治河")
        status, page = post(
            client, act(found, "fill"), htmx=True, lead=lead, when=when, check="情况报告"
        )
        assert status == 400
        assert f'value="{lead}"' in page
        assert f'value="{when}"' in page
        assert says in page
        assert clause(directive, "供水和治河").triage == Triage.CONTEXT

    def test_a_clause_at_a_bound_shows_it_and_the_lawful_way(
        self, client: Client, directive: Directive
    ) -> None:
        found = clause(directive, "下班以后的去向")
        page = client.get(f"/directives/{directive.pk}/?r={found.pk}").content.decode()
        assert "要求追踪个人行踪或私生活" in page
        assert "个人事项按规定报告" in page
        status, _ = post(client, act(found, "triage"), htmx=True, triage="task")
        assert status == 400
        values = {
            "title": "干部个人事项报告",
            "measure": "办公室督促按规定报告个人有关事项，提醒谈话留有记录。",
            "rewrite_reason": "原文涉及个人行踪",
            "lead": "办公室",
            "support": "",
            "when": "6.30",
            "check": "谈话记录",
            "lead_before": "办公室",
            "support_before": "",
        }
        status, _ = post(client, act(found, "fields"), **values)
        assert status == 303
        status, _ = post(client, act(found, "triage"), htmx=True, triage="task")
        assert status == 200
        assert task_of(found).rewritten

    def test_confirming_says_how_many_reports_it_will_create(
        self, client: Client, directive: Directive
    ) -> None:
        tasks = Requirement.objects.filter(directive=directive, triage=Triage.TASK).count()
        answer = client.post(
            f"/directives/{directive.pk}/confirm/", {"version": directive.version}, follow=True
        )
        text = answer.content.decode()
        assert "分流已确认。照此下发，将产生" in text
        after = Requirement.objects.filter(directive=directive, triage=Triage.TASK).count()
        assert after == tasks

    def test_spans_are_changed_with_words_of_the_text(
        self, client: Client, directive: Directive
    ) -> None:
        found = clause(directive, "责任清单")
        status, _ = post(
            client, act(found, "span"), stretch="各分局要在3月底前列出本单位年度责任清单"
        )
        assert status == 303
        assert clause(directive, "责任清单").end < found.end
        status, page = post(client, act(found, "span"), stretch="原文没有这一句")
        assert status == 400
        assert "原文没有这一句" in page
        long = clause(directive, "设计变更")
        words = directive.text[long.start : long.end]
        cut = words.replace("办公室配合，", "办公室配合，\r\n")
        assert post(client, act(long, "split"), stretch=cut)[0] == 303
        assert clause(directive, "由工程建设科").pk != clause(directive, "逐项复核").pk
        assert post(client, act(clause(directive, "由工程建设科"), "merge"))[0] == 303
        assert clause(directive, "由工程建设科").pk == clause(directive, "逐项复核").pk
        assert post(client, act(clause(directive, "供水和治河"), "dismiss"), reason="")[0] == 400
        gone = clause(directive, "供水和治河")
        assert post(client, act(gone, "dismiss"), reason="只是勉励")[0] == 303
        assert post(client, act(gone, "restore"))[0] == 303
        status, _ = post(client, f"/directives/{directive.pk}/mark/", stretch="把责任落到人")
        assert status == 303

    def test_undo_and_a_further_task_and_the_leader(
        self, client: Client, directive: Directive
    ) -> None:
        found = clause(directive, "设计变更")
        post(client, act(found, "triage"), triage="context")
        post(client, act(found, "undo"))
        assert clause(directive, "设计变更").triage == Triage.TASK
        post(client, act(found, "leader"))
        assert task_of(found).leader_id is not None
        post(client, act(found, "further"), title="另报计财科")
        assert Task.objects.filter(requirement=found).count() == 2


class TestPlan:
    def form(self, client: Client, directive: Directive) -> dict[str, str]:
        values = {}
        for line in client.get(f"/directives/{directive.pk}/plan/").context["lines"]:
            values[f"version-{line['task'].pk}"] = str(line["task"].version)
            for name, value in line["values"].items():
                values[f"{name}-{line['task'].pk}"] = value
        return values

    def test_an_untouched_grid_changes_nothing(self, client: Client, directive: Directive) -> None:
        before = list(Task.objects.order_by("id").values("id", "version", "due_on", "rhythm"))
        answer = client.post(f"/directives/{directive.pk}/plan/", self.form(client, directive))
        assert answer.status_code == 303
        assert (
            list(Task.objects.order_by("id").values("id", "version", "due_on", "rhythm")) == before
        )

    def test_many_rows_at_once(self, client: Client, directive: Directive) -> None:
        values = self.form(client, directive)
        lists, lesson = (
            task_of(clause(directive, "责任清单")),
            task_of(clause(directive, "警示教育课")),
        )
        values[f"support-{lists.pk}"] = "办公室"
        values[f"when-{lists.pk}"] = "4.15"
        values[f"when-{lesson.pk}"] = "每半年"
        values[f"leader-{lists.pk}"] = str(lists.leader_proposed_id or "")
        client.post(f"/directives/{directive.pk}/plan/", values)
        lists.refresh_from_db()
        lesson.refresh_from_db()
        assert units_of(lists, "support") == {"办公室"}
        assert str(lists.due_on) == "2026-04-15"
        assert lesson.rhythm == "half_yearly"

    def test_one_bad_cell_saves_nothing_and_keeps_all(
        self, client: Client, directive: Directive
    ) -> None:
        values = self.form(client, directive)
        lists = task_of(clause(directive, "责任清单"))
        values[f"title-{lists.pk}"] = "新的名称"
        values[f"when-{lists.pk}"] = "某天"
        answer = client.post(f"/directives/{directive.pk}/plan/", values)
        page = answer.content.decode()
        assert answer.status_code == 400
        assert "新的名称" in page
        assert "某天" in page
        lists.refresh_from_db()
        assert lists.title != "新的名称"

    def test_what_a_group_meant_can_be_corrected(
        self, client: Client, directive: Directive, cast: Cast
    ) -> None:
        lesson = task_of(clause(directive, "警示教育课"))
        address = f"/directives/tasks/{lesson.pk}/units/"
        page = client.get(address).content.decode()
        assert page.count('name="unit"') == 6
        kept = [str(u.unit_id) for u in lesson.units.all()][:5]
        assert client.post(address, {"unit": kept, "more": "办公室"}).status_code == 303
        assert lesson.units.count() == 6
        refused = client.post(address, {"unit": kept, "more": "火星分局"})
        assert refused.status_code == 400
        assert "火星分局" in refused.content.decode()

    def test_saving_a_grid_that_others_changed(self, client: Client, directive: Directive) -> None:
        values = self.form(client, directive)
        lists = task_of(clause(directive, "责任清单"))
        Task.objects.filter(pk=lists.pk).update(version=lists.version + 1)
        values[f"title-{lists.pk}"] = "新的名称"
        answer = client.post(f"/directives/{directive.pk}/plan/", values)
        assert answer.status_code == 409
        assert "新的名称" in answer.content.decode()


def test_a_year_without_working_days_says_so(cast: Cast, client: Client) -> None:
    cast.sign_in(client, "office_clerk")
    text = "五年工作要点\n一、教育\n各党支部要每季度上一次警示教育课，形成学习记录。\n"
    far = load(cast, text=text, year=2031, issued_on=None)
    page = client.get(f"/directives/{far.pk}/plan/").content.decode()
    assert "2031年的放假安排尚未公布，暂按双休日计算" in page


def test_a_cadence_without_a_period_left_says_so(cast: Cast, client: Client) -> None:
    import time_machine

    cast.sign_in(client, "office_clerk")
    directive = load(cast)
    with time_machine.travel("2026-12-30T10:00:00+08:00"):
        cast.sign_in(client, "office_clerk")
        page = client.get(f"/directives/{directive.pk}/issue/").content.decode()
    assert "今年已没有期次，请改填时限或下一年度" in page


def test_withdrawing_keeps_it_readable(cast: Cast, client: Client, directive: Directive) -> None:
    assert client.post(f"/directives/{directive.pk}/withdraw/", {"reason": ""}).status_code == 400
    assert (
        client.post(f"/directives/{directive.pk}/withdraw/", {"reason": "重复"}).status_code == 303
    )
    assert client.get(f"/directives/{directive.pk}/").status_code == 200
    assert not Occurrence.objects.exists()


def test_the_list_goes_on_by_key(cast: Cast, client: Client) -> None:
    cast.sign_in(client, "office_clerk")
    for number in range(53):
        load(cast, text=f"第{number}号通知\n各分局要在3月底前列出责任清单。\n")
    first = client.get("/directives/")
    rows = first.context["page"]
    assert len(rows.rows) == 50
    second = client.get("/directives/", {"before": rows.after}).context["page"]
    assert len(second.rows) == 3
    assert not {r.pk for r in rows.rows} & {r.pk for r in second.rows}
    assert client.get("/directives/", {"before": "x"}).status_code == 400


def test_ids_in_addresses_that_are_nobodys(cast: Cast, client: Client) -> None:
    cast.sign_in(client, "office_clerk")
    ghost = UUID(int=7)
    for address in ("", "plan/", "source/", "issue/", "tasklist/", "tasklist.xlsx"):
        assert client.get(f"/directives/{ghost}/{address}").status_code == 404


def test_json_of_the_price_is_kept(cast: Cast, client: Client, directive: Directive) -> None:
    decide(directive, cast)
    client.post(f"/directives/{directive.pk}/issue/", {"version": directive.version})
    directive.refresh_from_db()
    assert json.loads(json.dumps(directive.price))["asks"] == Occurrence.objects.count()
    assert (
        io.BytesIO(client.get(f"/directives/{directive.pk}/tasklist.xlsx").content).read(2) == b"PK"
    )


def test_a_clause_says_how_it_was_read(cast: Cast, client: Client) -> None:
    cast.sign_in(client, "office_clerk")
    directive = load(cast)
    clause = directive.requirements.order_by("position").first()
    assert clause is not None
    page = client.get(f"/directives/{directive.pk}/?r={clause.pk}&ask=why").content.decode()
    for words in ("这一条是怎样读出来的", "部署的部分", "正面依据", "认定为要求"):
        assert words in page
    plain = client.get(f"/directives/{directive.pk}/?r={clause.pk}").content.decode()
    assert "这一条是怎样读出来的" not in plain


def test_a_text_that_is_not_chinese_says_so(cast: Cast, client: Client) -> None:
    cast.sign_in(client, "office_clerk")
    text = "Notice\n\nAll departments shall submit their lists by 30 June 2026.\n"
    directive = load(cast, text=text)
    page = client.get(f"/directives/{directive.pk}/").content.decode()
    assert "只能读中文文件" in page


def test_the_least_sure_come_first_under_their_tab(cast: Cast, client: Client) -> None:
    cast.sign_in(client, "office_clerk")
    directive = load(cast)
    first, second, third, *_ = directive.requirements.order_by("position")
    directive.requirements.update(confidence=95, decided=False)
    for one, sure in ((first, 70), (second, 95), (third, 55)):
        directive.requirements.filter(pk=one.pk).update(confidence=sure)
    page = client.get(f"/directives/{directive.pk}/?tab=doubtful&r=none").content.decode()
    page = page[page.index('class="rows"') :]
    places = [page.find(f'data-r="{one.pk}"') for one in (third, first)]
    assert 0 < places[0] < places[1]
    assert page.find(f'data-r="{second.pk}"') < 0


def test_the_wording_can_follow_a_changed_date(cast: Cast, client: Client) -> None:
    cast.sign_in(client, "office_clerk")
    directive = load(cast)
    row = clause(directive, "责任清单")
    page = client.get(f"/directives/{directive.pk}/?r={row.pk}&ask=fields").content.decode()
    task = task_of(row)
    assert f">{task.measure}</textarea>" in page
    wording = task.measure.replace("3月底前", "4月15日前")
    typed = {
        "task": str(task.pk), "task_version": task.version, "title": task.title, "when": "4.15",
        "measure": wording, "lead": "各分局", "support": "", "check": task.check_text,
    }  # fmt: skip
    assert client.post(f"/directives/clauses/{row.pk}/fields/", typed).status_code == 303
    task.refresh_from_db()
    assert (task.measure, str(task.due_on)) == (wording, "2026-04-15")
    assert directive.text[row.start : row.end] != wording, "the clause itself stays"
