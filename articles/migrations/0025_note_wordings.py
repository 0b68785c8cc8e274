import django.db.models.deletion
from django.db import migrations, models

FORWARD = """
CREATE TRIGGER articles_notewording_append_only BEFORE UPDATE OR DELETE ON articles_notewording
    FOR EACH ROW EXECUTE FUNCTION articles_refuse('Earlier words of a note are only added to.');
"""
BACKWARD = "DROP TRIGGER articles_notewording_append_only ON articles_notewording;"


class Migration(migrations.Migration):
    dependencies = [("articles", "0024_offers_end")]
    operations = [
        migrations.AddField(
            model_name="noteentry",
            name="version",
            field=models.PositiveIntegerField(
                default=1, help_text="Rises with every new wording; compared before each."
            ),
        ),
        migrations.AddField(
            model_name="noteentry",
            name="edited_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="noteentry",
            name="deleted_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.RemoveConstraint(model_name="noteentry", name="articles_note_says"),
        migrations.AddConstraint(
            model_name="noteentry",
            constraint=models.CheckConstraint(
                name="articles_note_says",
                condition=~models.Q(act="said")
                | models.Q(deleted_at__isnull=True) & ~models.Q(words="")
                | models.Q(deleted_at__isnull=False, words=""),
            ),
        ),
        migrations.AddConstraint(
            model_name="noteentry",
            constraint=models.CheckConstraint(
                name="articles_note_only_words_change",
                condition=models.Q(act="said") | models.Q(edited_at__isnull=True, deleted_at__isnull=True),
            ),
        ),
        migrations.CreateModel(
            name="NoteWording",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("words", models.TextField()),
                ("until", models.DateTimeField()),
                (
                    "entry",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="wordings", to="articles.noteentry"
                    ),
                ),
            ],
            options={"ordering": ["id"]},
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
