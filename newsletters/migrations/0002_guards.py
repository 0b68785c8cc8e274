"""What the database itself refuses: changing a receipt, a wording that somebody read, or a box that was approved."""

from django.db import migrations

from newsroom.audit.append_only import append_only


class Migration(migrations.Migration):
    dependencies = [("newsletters", "0001_initial")]

    operations = [
        append_only("newsletters_consentreceipt"),
        append_only("newsletters_wording"),
        append_only("newsletters_boxplacement"),
    ]
