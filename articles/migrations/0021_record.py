from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("articles", "0020_seen_pages")]
    operations = [
        migrations.AddIndex(
            model_name="movelog",
            index=models.Index(models.F("at"), name="articles_movelog_at"),
        ),
        # The board counts the withdrawn ones: without this it reads every story there ever was.
        migrations.AddIndex(
            model_name="story",
            index=models.Index(
                models.F("visible_updated_at").desc(),
                models.F("id").desc(),
                name="articles_story_withdrawn",
                condition=models.Q(readers="withdrawn"),
            ),
        ),
    ]
