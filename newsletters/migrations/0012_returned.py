"""Letters that came back, and addresses to which nothing more is sent."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("newsletters", "0011_receipt_chain"),
    ]

    operations = [
        migrations.AddField(
            model_name="subscriber",
            name="undeliverable_at",
            field=models.DateTimeField(
                blank=True,
                help_text="Letters come back from there: none goes out until the address is confirmed anew.",
                null=True,
            ),
        ),
        migrations.AddField(
            model_name="subscriber",
            name="undeliverable_why",
            field=models.CharField(blank=True, max_length=300),
        ),
        migrations.AlterField(
            model_name="suppression",
            name="why",
            field=models.CharField(
                choices=[
                    ("erased", "asked to be erased"),
                    ("retention", "kept no longer: no consent stood"),
                    ("complained", "called a letter spam"),
                ],
                max_length=10,
            ),
        ),
        migrations.CreateModel(
            name="Returned",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "digest",
                    models.CharField(
                        help_text="Of the report: read twice, it counts once.", max_length=64, unique=True
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("nobody", "no such mailbox"),
                            ("refused", "refused"),
                            ("complaint", "called spam"),
                            ("unknown", "of no letter of ours"),
                        ],
                        max_length=10,
                    ),
                ),
                ("status", models.CharField(blank=True, max_length=12)),
                ("said", models.CharField(blank=True, max_length=300)),
                ("at", models.DateTimeField()),
                (
                    "delivery",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="returned",
                        to="newsletters.delivery",
                    ),
                ),
                (
                    "subscriber",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="returned",
                        to="newsletters.subscriber",
                    ),
                ),
            ],
            options={
                "ordering": ["-id"],
                "indexes": [models.Index(fields=["subscriber", "-id"], name="returned_of_a_person")],
            },
        ),
    ]
