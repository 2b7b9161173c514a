"""Entries that were recorded before carry no version of their object and have no tiles yet."""

import json

from django.db import migrations

from luoshi.ledger.leaf import leaf_text
from luoshi.lib import merkle
from luoshi.lib.tiles import Edge

CHUNK = 2_000


def fill(apps, schema_editor):
    Organisation = apps.get_model("base", "Organisation")
    Entry, Body = apps.get_model("ledger", "Entry"), apps.get_model("ledger", "Body")
    Tile = apps.get_model("ledger", "Tile")
    for pk in Organisation.objects.values_list("pk", flat=True):
        bodies = Body.objects.filter(organisation_id=pk).values_list("id", "body")
        versions = []
        for entry_id, body in bodies.iterator(chunk_size=CHUNK):
            versions.append(Entry(id=entry_id, object_version=json.loads(body)["object"]["version"]))
            if len(versions) == CHUNK:
                Entry.objects.bulk_update(versions, ["object_version"], batch_size=200)
                versions = []
        Entry.objects.bulk_update(versions, ["object_version"], batch_size=200)
        edge = Edge()
        leaves = Entry.objects.filter(organisation_id=pk, index__isnull=False).order_by("index")
        for leaf in leaves.values_list("v", "kind", "at", "commitment").iterator(chunk_size=CHUNK):
            edge.append(merkle.leaf_hash(leaf_text(*leaf).encode()))
        Tile.objects.bulk_create(
            [
                Tile(organisation_id=pk, level=level, number=number, hashes=bytes(hashes))
                for (level, number), hashes in edge.changed.items()
            ],
            batch_size=200,
        )


class Migration(migrations.Migration):
    dependencies = [("ledger", "0002_outside")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
