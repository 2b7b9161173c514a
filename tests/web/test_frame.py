"""What holds on every page: headers, policy, no inline code, refusals, languages, the look."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from tests.cast import Cast

PACKAGE = Path(__file__).resolve().parents[2] / "luoshi"
TEMPLATES = sorted(PACKAGE.rglob("templates/**/*.html"))


def test_every_answer_carries_the_headers(cast: Cast, client: Client) -> None:
    cast.sign_in(client, "office_clerk")
    for address in ("/", "/directives/", "/nothing-here/", "/accounts/sign-in/"):
        answer = client.get(address)
        policy = answer["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert "*" not in policy
        assert answer["X-Frame-Options"] == "DENY"
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Referrer-Policy"] == "same-origin"
        assert answer["Cache-Control"] == "no-store" or "no-cache" in answer["Cache-Control"]


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda p: p.name)
def test_templates_obey_the_policy(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"\sstyle=", text)
    assert not re.search(r"\son[a-z]+=", text)
    assert not re.search(r"<style|javascript:|https?://", text)
    for script in re.findall(r"<script[^>]*>", text):
        assert "src=" in script
    for form in re.findall(r"<form[^>]*method=\"post\"[^>]*>.*?</form>", text, flags=re.S):
        assert "csrf_token" in form


def test_static_files_call_nobody() -> None:
    for path in (PACKAGE / "web" / "static").rglob("*"):
        if path.suffix in (".css", ".js", ".svg"):
            text = path.read_text(encoding="utf-8").replace("http://www.w3.org/2000/svg", "")
            assert not re.search(r"https?://|@import|url\((?!data:)", text), path


def test_refusals_are_pages_with_what_was_typed(cast: Cast, client: Client) -> None:
    cast.sign_in(client, "works_member")
    assert "您的职务不含这一项" in client.get("/directives/new/").content.decode()
    missing = client.get("/directives/00000000-0000-0000-0000-000000000007/")
    assert missing.status_code == 404
    assert "没有这个页面" in missing.content.decode()
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(cast.users["office_clerk"])
    answer = strict.post("/directives/new/", {"title": "写了很久的标题", "password": "secret"})
    assert answer.status_code == 403
    page = answer.content.decode()
    assert "写了很久的标题" in page
    assert "secret" not in page


def test_both_languages_and_the_look(cast: Cast, client: Client) -> None:
    cast.sign_in(client, "office_clerk")
    assert "我的待办" in client.get("/").content.decode()
    client.post("/i18n/setlang/", {"language": "en", "next": "/"})
    english = client.get("/").content.decode()
    assert "My list" in english
    assert "我的待办" not in english
    answer = client.post("/display/", {"theme": "dark", "size": "large", "next": "/units/"})
    assert answer["Location"] == "/units/"
    page = client.get("/").content.decode()
    assert 'data-theme="dark"' in page
    assert 'data-size="large"' in page
    client.post("/display/", {"theme": '"><b>', "next": "https://evil.example/"})
    assert client.post("/display/", {"next": "//evil.example"})["Location"] == "/"
    assert 'data-theme="dark"' in client.get("/").content.decode()


@pytest.mark.parametrize(
    "path", ["/", "/directives/", "/boards/", "/units/", "/record/", "/account/"]
)
def test_english_pages_hold_no_chinese_of_ours(cast: Cast, client: Client, path: str) -> None:
    cast.sign_in(client, "office_clerk")
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    page = client.get(path).content.decode()
    names = "".join(u.name + u.short_name for u in cast.units.values())
    names += "".join(p.name for p in cast.people.values())
    names += "".join(p.title for p in cast.posts.values()) + "落实中文在"
    body = re.sub(r"<[^>]+>", "", page)
    assert {c for c in body if "\u4e00" <= c <= "\u9fff"} <= set(names)
