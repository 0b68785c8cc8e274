"""What a story says of itself where it is shared, when that is not what it says to search engines."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("articles", "0021_record")]
    operations = [
        migrations.AddField(
            "revision", "social_title", models.CharField(blank=True, default="", max_length=200), False
        ),
        migrations.AddField(
            "revision", "social_description", models.CharField(blank=True, default="", max_length=400), False
        ),
    ]
