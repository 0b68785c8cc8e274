"""Receipts that name story, list version and the address as a keyed hash; erasure, retention, imports, preferences."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("articles", "0002_guards"),
        ("newsletters", "0004_purpose_address"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="AddressChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("address", models.CharField(max_length=254)),
                ("normalised", models.CharField(max_length=254)),
                ("old_hash", models.CharField(max_length=80)),
                ("new_hash", models.CharField(max_length=80)),
                ("asked_at", models.DateTimeField()),
                ("confirmed_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="ChainCheck",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField()),
                ("receipts", models.BigIntegerField()),
                ("head", models.CharField(blank=True, max_length=64)),
                (
                    "broken",
                    models.CharField(blank=True, help_text="The first link that is broken, and how.", max_length=300),
                ),
                (
                    "missing_keys",
                    models.JSONField(default=dict, help_text="Keys that are not in the setting -> hashes under each."),
                ),
            ],
            options={
                "ordering": ["-id"],
            },
        ),
        migrations.CreateModel(
            name="Import",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=120)),
                ("digest", models.CharField(help_text="SHA-256 of the file.", max_length=64)),
                ("made_at", models.DateTimeField()),
                ("lines", models.PositiveIntegerField()),
                ("finished_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ["-id"],
            },
        ),
        migrations.CreateModel(
            name="ImportLine",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField(help_text="Of the line in the file; the head is 1.")),
                (
                    "state",
                    models.CharField(
                        choices=[("waiting", "waiting"), ("taken", "taken"), ("refused", "refused")],
                        default="waiting",
                        max_length=8,
                    ),
                ),
                ("normalised", models.CharField(blank=True, db_index=True, max_length=254)),
                ("cells", models.JSONField(default=dict)),
                ("why", models.CharField(blank=True, max_length=300)),
            ],
            options={
                "ordering": ["number"],
            },
        ),
        migrations.CreateModel(
            name="LinkRequest",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("address", models.CharField(max_length=254)),
                ("normalised", models.CharField(db_index=True, max_length=254)),
                ("asked_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="ListVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("version", models.PositiveIntegerField()),
                ("name", models.CharField(max_length=80)),
                ("promise", models.CharField(max_length=240)),
                ("rhythm", models.CharField(blank=True, max_length=80)),
                ("sender_name", models.CharField(max_length=80)),
                (
                    "boxes",
                    models.JSONField(default=list, help_text="The purposes of the boxes beside it, in their order."),
                ),
                ("made_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                "ordering": ["newsletter", "-version"],
            },
        ),
        migrations.CreateModel(
            name="RetentionRule",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("unconfirmed_days", models.PositiveSmallIntegerField(default=30)),
                ("lapsed_months", models.PositiveSmallIntegerField(default=24)),
            ],
        ),
        migrations.CreateModel(
            name="RetentionRun",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField()),
                ("sign_ups", models.PositiveIntegerField()),
                ("people", models.PositiveIntegerField()),
            ],
            options={
                "ordering": ["-id"],
            },
        ),
        migrations.CreateModel(
            name="SignUpAlarm",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("address", "One address was asked for again and again"),
                            ("network", "One network sent too many sign-ups"),
                            ("site", "Too many sign-ups came in all"),
                            ("queue", "Redis was away: sign-ups wait unanswered"),
                        ],
                        max_length=10,
                    ),
                ),
                ("hour", models.DateTimeField()),
            ],
            options={
                "ordering": ["-hour", "kind"],
            },
        ),
        migrations.CreateModel(
            name="Suppression",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("address_hash", models.CharField(max_length=80, unique=True)),
                (
                    "why",
                    models.CharField(
                        choices=[("erased", "asked to be erased"), ("retention", "kept no longer: no consent stood")],
                        max_length=10,
                    ),
                ),
                ("at", models.DateTimeField()),
                (
                    "lifted_at",
                    models.DateTimeField(blank=True, help_text="When the person signed up again.", null=True),
                ),
            ],
        ),
        migrations.AddField(
            model_name="consentreceipt",
            name="address_hash",
            field=models.CharField(
                blank=True,
                db_index=True,
                help_text="Whose address it was, as a keyed hash: it outlives an erasure.",
                max_length=80,
            ),
        ),
        migrations.AddField(
            model_name="consentreceipt",
            name="content",
            field=models.CharField(
                default="", editable=False, help_text="SHA-256 of what this receipt says.", max_length=64
            ),
        ),
        migrations.AddField(
            model_name="consentreceipt",
            name="digest",
            field=models.CharField(
                default="", editable=False, help_text="SHA-256 of seq, previous and content.", max_length=64
            ),
        ),
        migrations.AddField(
            model_name="consentreceipt",
            name="previous",
            field=models.CharField(default="", editable=False, max_length=64),
        ),
        migrations.AddField(
            model_name="consentreceipt",
            name="seq",
            field=models.BigIntegerField(editable=False, null=True, unique=True),
        ),
        migrations.AddField(
            model_name="consentreceipt",
            name="story",
            field=models.ForeignKey(
                blank=True,
                help_text="The story in which the form stood.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="articles.story",
            ),
        ),
        migrations.AddField(
            model_name="newsletter",
            name="in_footer",
            field=models.BooleanField(
                default=False, help_text="Its box stands at the foot of every page. One newsletter can."
            ),
        ),
        migrations.AddField(
            model_name="signup",
            name="network",
            field=models.CharField(
                blank=True, help_text="Keyed hash of who asked, only while it waits.", max_length=64
            ),
        ),
        migrations.AddField(
            model_name="signup",
            name="queued_at",
            field=models.DateTimeField(
                blank=True, help_text="Waits, unanswered, until the budgets can be asked again.", null=True
            ),
        ),
        migrations.AddField(
            model_name="signup",
            name="story",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="articles.story",
            ),
        ),
        migrations.AddField(
            model_name="subscriber",
            name="erased_at",
            field=models.DateTimeField(blank=True, help_text="Since then the row says nothing of a person.", null=True),
        ),
        migrations.AddField(
            model_name="subscriber",
            name="paused_until",
            field=models.DateTimeField(blank=True, help_text="No newsletter goes out to them before.", null=True),
        ),
        migrations.AddField(
            model_name="token",
            name="subscriber",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="tokens",
                to="newsletters.subscriber",
            ),
        ),
        migrations.AlterField(
            model_name="subscriber",
            name="address",
            field=models.CharField(blank=True, help_text="As the person typed it; empty once erased.", max_length=254),
        ),
        migrations.AlterField(
            model_name="subscriber",
            name="normalised",
            field=models.CharField(
                blank=True, help_text="In lower case, the domain in ASCII.", max_length=254, null=True, unique=True
            ),
        ),
        migrations.AlterField(
            model_name="token",
            name="purpose",
            field=models.CharField(
                choices=[
                    ("confirm", "confirm a sign-up"),
                    ("centre", "open the preferences"),
                    ("move", "confirm a new address"),
                ],
                max_length=12,
            ),
        ),
        migrations.AlterField(
            model_name="token",
            name="sign_up",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="tokens",
                to="newsletters.signup",
            ),
        ),
        migrations.AddConstraint(
            model_name="newsletter",
            constraint=models.UniqueConstraint(
                condition=models.Q(("in_footer", True)),
                fields=("in_footer",),
                name="one_newsletter_in_the_footer",
                violation_error_message="Another newsletter stands in the footer. Take it out there first.",
            ),
        ),
        migrations.AddField(
            model_name="addresschange",
            name="subscriber",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="changes", to="newsletters.subscriber"
            ),
        ),
        migrations.AddField(
            model_name="token",
            name="change",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="tokens",
                to="newsletters.addresschange",
            ),
        ),
        migrations.AddConstraint(
            model_name="token",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("change", None), ("purpose", "confirm"), ("sign_up__isnull", False), ("subscriber", None)
                    ),
                    models.Q(("change", None), ("purpose", "centre"), ("sign_up", None), ("subscriber__isnull", False)),
                    models.Q(("change__isnull", False), ("purpose", "move"), ("sign_up", None), ("subscriber", None)),
                    _connector="OR",
                ),
                name="a_token_opens_one_thing",
            ),
        ),
        migrations.AddField(
            model_name="import",
            name="made_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="importline",
            name="of",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="rows", to="newsletters.import"
            ),
        ),
        migrations.AddField(
            model_name="listversion",
            name="newsletter",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="versions", to="newsletters.newsletter"
            ),
        ),
        migrations.AddField(
            model_name="consentreceipt",
            name="list_version",
            field=models.ForeignKey(
                blank=True,
                help_text="The newsletter as it was offered: its name, promise, rhythm and boxes.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="newsletters.listversion",
            ),
        ),
        migrations.AddField(
            model_name="signup",
            name="list_version",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="newsletters.listversion",
            ),
        ),
        migrations.AddIndex(
            model_name="signup",
            index=models.Index(
                condition=models.Q(("queued_at__isnull", False)), fields=["id"], name="sign_ups_that_wait"
            ),
        ),
        migrations.AddField(
            model_name="retentionrule",
            name="purpose",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.CASCADE, related_name="retention", to="newsletters.purpose"
            ),
        ),
        migrations.AddConstraint(
            model_name="signupalarm",
            constraint=models.UniqueConstraint(fields=("kind", "hour"), name="one_alarm_an_hour"),
        ),
        migrations.AddIndex(
            model_name="import",
            index=models.Index(condition=models.Q(("finished_at", None)), fields=["id"], name="imports_to_do"),
        ),
        migrations.AddIndex(
            model_name="importline",
            index=models.Index(fields=["of", "state", "number"], name="lines_by_state"),
        ),
        migrations.AddConstraint(
            model_name="importline",
            constraint=models.UniqueConstraint(fields=("of", "number"), name="a_line_once"),
        ),
        migrations.AddConstraint(
            model_name="listversion",
            constraint=models.UniqueConstraint(fields=("newsletter", "version"), name="one_list_per_version"),
        ),
    ]
