"""`luoshi serve`: migrates an empty or older database, starts the worker, serves the staff site."""

import argparse
import os
import signal
import subprocess
import sys
from pathlib import Path

SITES = ("staff",)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Site, address, port, processes, and whether the worker runs as a child."""
    parser.add_argument("--site", choices=SITES, default="staff")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--workers", type=int, default=3, help="web processes (default 3)")
    parser.add_argument("--no-worker", action="store_true", help="do not run the worker as a child")


def run(args: argparse.Namespace) -> int:
    """Serve until stopped. Says the first-start code on the terminal while there is no user."""
    prepare()
    children = []
    if not args.no_worker:
        children.append(subprocess.Popen([sys.executable, "-m", "luoshi", "work"]))
    import django_htmx

    ours = Path(__file__).resolve().parent.parent / "web" / "static" / "luoshi"
    theirs = Path(django_htmx.__file__).resolve().parent / "static" / "django_htmx"
    command = [
        sys.executable, "-m", "granian", "--interface", "wsgi", "luoshi.wsgi:application",
        "--host", args.host, "--port", str(args.port), "--workers", str(args.workers),
        "--blocking-threads", "1", "--backpressure", "64", "--backlog", "512",
        "--respawn-failed-workers", "--log-level", "warning", "--no-ws",
        "--static-path-route", "/static/luoshi", "--static-path-mount", str(ours),
        "--static-path-route", "/static/django_htmx", "--static-path-mount", str(theirs),
        "--static-path-expires", "31536000", "--workers-kill-timeout", "10",
    ]  # fmt: skip
    print(f"落实 http://{args.host}:{args.port}/", file=sys.stderr, flush=True)
    # Stopped from outside (a service manager, a test), the children end with it.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    server = subprocess.Popen(command, env={**os.environ})
    children.append(server)
    try:
        return server.wait()
    except KeyboardInterrupt:
        return 0
    finally:
        for child in children:
            if child.poll() is None:
                child.terminate()
        for child in children:
            child.wait(timeout=15)


def migrated() -> None:
    """Set up Django and bring the database to this version's shape."""
    import django
    from django.conf import settings
    from django.core.management import call_command

    django.setup()
    Path(settings.DATA_DIR).mkdir(parents=True, exist_ok=True)
    if _behind():
        call_command("migrate", verbosity=0, interactive=False)


def prepare() -> None:
    """`migrated`, and print the first-start code while there is no user."""
    migrated()
    from luoshi.accounts.models import User
    from luoshi.orgs import first_start

    if not User.objects.exists():
        print(
            f"首次启用码 / first-start code: {first_start.code()}\n"
            "在浏览器打开下面的地址，输入启用码，建立组织和第一个经办人。",
            file=sys.stderr,
            flush=True,
        )


def _behind() -> bool:
    """Whether a migration is still to be applied (asking costs less than `migrate`)."""
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))
