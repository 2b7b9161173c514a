from datetime import datetime

from django.db import migrations, models
from django.db.models import F


def fill(apps, schema_editor):
    """A row that never changed was entered at `at`; of a changed one the log knows the first act."""
    Receipt = apps.get_model("duties", "Receipt")
    Entry = apps.get_model("ledger", "Entry")
    Receipt.objects.update(received_at=F("at"))
    Receipt.objects.filter(transmitted_on__isnull=False).update(transmitted_at=F("at"))
    for pk, organisation_id in Receipt.objects.filter(version__gt=1).values_list(
        "pk", "organisation_id"
    ):
        first = (
            Entry.objects.filter(
                organisation_id=organisation_id,
                object_kind="receipt",
                object_id=pk,
                kind="receipt.given",
            )
            .values_list("at", flat=True)
            .first()
        )
        if first:
            Receipt.objects.filter(pk=pk).update(received_at=datetime.fromisoformat(first))


class Migration(migrations.Migration):

    dependencies = [
        ("duties", "0002_receipts"),
        ("ledger", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="receipt",
            name="received_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="receipt",
            name="transmitted_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.AlterField(
            model_name="receipt",
            name="received_at",
            field=models.DateTimeField(),
        ),
    ]
