"""`python -m tests.ledger.make_log FOLDER WITNESS`: a data folder with a log in a file of its own.

Twelve entries, a backup of the database, eight more; a witness in the folder WITNESS signs the
twenty; then fifteen more that nobody outside has seen. What the witness holds is written to
`WITNESS/held`.
"""

import os
import shutil
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

AT = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)


def main(folder: Path, keeper: Path) -> None:
    os.environ |= {"LUOSHI_DATA": str(folder), "LUOSHI_DATABASE": f"sqlite:{folder / 'db.sqlite3'}"}
    os.environ["DJANGO_SETTINGS_MODULE"] = "luoshi.settings"
    folder.mkdir(parents=True)
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    from luoshi.base.models import Organisation
    from luoshi.ledger import keys, outside
    from luoshi.ledger.sequence import sequence
    from luoshi.lib import witness
    from tests.ledger.logs import numbered, put

    call_command("migrate", verbosity=0, interactive=False)
    bureau = Organisation.objects.create(slug="yunzhou", name="云州市水务局", created_at=AT)
    numbered(bureau, 11, at=AT)
    put(bureau, 11, rows=[{"n": n} for n in range(3)], at=AT)
    sequence(bureau.pk, holder="t", now=AT)
    connection.close()
    shutil.copy(folder / "db.sqlite3", folder / "backup")
    audit = witness.Witness.make(keeper, "audit.example/w1")
    audit.trust(keys.public(bureau.pk)[0])
    named = outside.name_witness(
        bureau.pk, name="市审计局", way="cosigned", vkey=audit.signer.vkey, actor="", at=AT
    )
    numbered(bureau, 7, at=AT + timedelta(days=1))
    line = audit.sign(str(outside.request(named)), AT + timedelta(days=1))
    outside.take_cosignature(named, line, at=AT + timedelta(days=1))
    (keeper / "held").write_text(audit.logs()[0].note, encoding="utf-8")
    numbered(bureau, 15, at=AT + timedelta(days=2))
    connection.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
