import django.db.models.deletion
from django.db import migrations, models

# Evidence: whatever code or console asks, what readers were given stays as it was.
FORWARD = """
CREATE TRIGGER articles_seenpage_kept BEFORE DELETE ON articles_seenpage
    FOR EACH ROW EXECUTE FUNCTION articles_refuse('What readers saw stays.');
CREATE TRIGGER articles_seenpage_fixed BEFORE UPDATE ON articles_seenpage
    FOR EACH ROW WHEN (OLD.gathered_at IS NOT NULL OR OLD.digest <> NEW.digest OR OLD.packed <> NEW.packed
                       OR OLD.status <> NEW.status)
    EXECUTE FUNCTION articles_refuse('What readers saw never changes.');
CREATE TRIGGER articles_sighting_append_only BEFORE UPDATE OR DELETE ON articles_sighting
    FOR EACH ROW EXECUTE FUNCTION articles_refuse('What readers saw is only added to.');
"""

BACKWARD = """
DROP TRIGGER articles_seenpage_kept ON articles_seenpage;
DROP TRIGGER articles_seenpage_fixed ON articles_seenpage;
DROP TRIGGER articles_sighting_append_only ON articles_sighting;
"""


class Migration(migrations.Migration):
    dependencies = [("articles", "0019_search")]
    operations = [
        migrations.CreateModel(
            name="SeenPage",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "digest",
                    models.CharField(
                        max_length=64, unique=True, help_text="SHA-256 of the HTML as served, lower-case hex."
                    ),
                ),
                (
                    "status",
                    models.PositiveSmallIntegerField(default=200, help_text="200, or 410 with a withdrawal’s notice."),
                ),
                ("packed", models.BinaryField(help_text="The HTML, zlib.")),
                (
                    "files",
                    models.JSONField(
                        default=dict, help_text="Address of a picture or style sheet -> SHA-256 of its bytes."
                    ),
                ),
                ("gathered_at", models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name="Sighting",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(help_text="When what stands on it was read.")),
                (
                    "page",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="sightings", to="articles.seenpage"
                    ),
                ),
                (
                    "story",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="sightings", to="articles.story"
                    ),
                ),
            ],
            options={
                "ordering": ["-at", "-id"],
                "indexes": [
                    models.Index(
                        models.F("story"),
                        models.OrderBy(models.F("at"), descending=True),
                        models.OrderBy(models.F("id"), descending=True),
                        name="articles_sighting_story",
                    )
                ],
            },
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
