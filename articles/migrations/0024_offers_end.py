import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("articles", "0023_check_waivers"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="merchant",
            name="keeper",
            field=models.ForeignKey(
                blank=True,
                help_text="Who is told of dead links and strange prices. Nobody: the editors.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="looked after by",
            ),
        ),
        migrations.AddField(
            model_name="merchant",
            name="version",
            field=models.PositiveIntegerField(default=1, editable=False),
        ),
        migrations.AddField(
            model_name="offer",
            name="ended_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="offer",
            name="ended_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="offer",
            name="ended_note",
            field=models.CharField(blank=True, db_default="", help_text="Why, for the desk.", max_length=300),
        ),
        migrations.AddField(
            model_name="offer",
            name="link_since",
            field=models.DateTimeField(blank=True, help_text="Since when the link is as it is.", null=True),
        ),
        migrations.AddConstraint(
            model_name="offer",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("ended_at__isnull", True), ("ended_by__isnull", True), ("ended_note", "")),
                    models.Q(("ended_at__isnull", False), ("ended_by__isnull", False), ("held_price__isnull", True)),
                    _connector="OR",
                ),
                name="articles_offer_ended_whole",
            ),
        ),
    ]
