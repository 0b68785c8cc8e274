import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from newsroom.audit.append_only import append_only


class Migration(migrations.Migration):
    dependencies = [
        ("articles", "0022_social_fields"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.CreateModel(
            name="CheckWaiver",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("check_name", models.CharField(max_length=40, verbose_name="check")),
                ("about", models.CharField(help_text="What exactly: the link’s address, the words.", max_length=500)),
                ("message", models.TextField(help_text="What the check said.")),
                ("reason", models.CharField(max_length=300)),
                ("at", models.DateTimeField()),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "revision",
                    models.ForeignKey(
                        help_text="What the editor had before them.",
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="articles.revision",
                    ),
                ),
                (
                    "story",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="check_waivers",
                        to="articles.story",
                    ),
                ),
            ],
            options={"ordering": ["-id"]},
        ),
        migrations.AddConstraint(
            model_name="checkwaiver",
            constraint=models.UniqueConstraint(
                models.F("story"), models.F("check_name"), models.F("about"), name="articles_check_waiver_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="checkwaiver",
            constraint=models.CheckConstraint(
                condition=~models.Q(reason="") & ~models.Q(about="") & ~models.Q(check_name=""),
                name="articles_check_waiver_whole",
            ),
        ),
        append_only("articles_checkwaiver"),
    ]
