"""Starting the real server for a bench, talking to it, and looking at its processes."""

import http.client
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlencode

import psutil


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(data: Path, *, workers: int = 3, database: str = "") -> Iterator[tuple[int, float]]:
    """`luoshi serve` on `data`; gives the port and the seconds until the sign-in page answered."""
    port = free_port()
    env = {**os.environ, "LUOSHI_DATA": str(data)}
    env["LUOSHI_DATABASE"] = database or f"sqlite:{data / 'luoshi.sqlite3'}"
    words = [
        sys.executable,
        "-m",
        "luoshi",
        "serve",
        "--port",
        str(port),
        "--workers",
        str(workers),
    ]
    began = time.perf_counter()
    process = subprocess.Popen(words, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        while True:
            try:
                status, _, _ = request(port, "GET", "/accounts/sign-in/")
                if status in (200, 302):
                    break
            except OSError:
                pass
            if process.poll() is not None or time.perf_counter() - began > 60:
                raise RuntimeError(f"the server did not start (exit {process.poll()})")
            time.sleep(0.02)
        yield port, time.perf_counter() - began
    finally:
        process.terminate()
        process.wait(timeout=30)


def request(
    port: int,
    method: str,
    path: str,
    *,
    cookies: dict[str, str] | None = None,
    form: dict[str, str] | None = None,
    connection: http.client.HTTPConnection | None = None,
) -> tuple[int, dict[str, str], bytes]:
    """One request; returns status, the cookies that were set (with `location`), and the body."""
    own = connection or http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    headers = {"Cookie": "; ".join(f"{k}={v}" for k, v in (cookies or {}).items())}
    body = None
    if form is not None:
        body = urlencode(form)
        headers["Content-Type"] = "application/x-www-form-urlencoded"
        headers["Referer"] = f"http://127.0.0.1:{port}{path}"
    own.request(method, path, body=body, headers=headers)
    response = own.getresponse()
    content = response.read()
    new = {}
    for name, value in response.getheaders():
        if name.lower() == "set-cookie":
            key, _, rest = value.partition("=")
            new[key] = rest.partition(";")[0]
        if name.lower() == "location":
            new["location"] = value
    if connection is None:
        own.close()
    return response.status, new, content


def sign_in(port: int, username: str, password: str) -> dict[str, str]:
    """The cookies of a signed-in session."""
    path = "/accounts/sign-in/"
    _, cookies, page = request(port, "GET", path)
    token = re.search(rb'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    if token is None:
        raise RuntimeError("the sign-in page has no form")
    form = {"csrfmiddlewaretoken": token[1].decode(), "login": username, "password": password}
    status, new, _ = request(port, "POST", path, cookies=cookies, form=form)
    if status != 302:
        raise RuntimeError(f"sign-in answered {status}")
    new.pop("location", None)
    return {**cookies, **new}


def web_memory(port: int) -> list[float]:
    """Resident MB of each web worker of the server on `port`."""
    found = []
    for process in psutil.process_iter(["cmdline", "ppid", "memory_info"]):
        words = process.info["cmdline"] or []
        parent = psutil.Process(process.info["ppid"]) if process.info["ppid"] else None
        if parent is None or str(port) not in (parent.cmdline() or []):
            continue
        if "granian" in " ".join(parent.cmdline()) and "resource_tracker" not in " ".join(words):
            found.append(process.info["memory_info"].rss / 1e6)
    return sorted(found)
