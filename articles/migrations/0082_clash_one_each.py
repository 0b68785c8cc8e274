"""One waiting clash of a place for each page, and one for each publication. Behind the filling: PostgreSQL makes no index
on a table whose rows wait for a foreign key to be checked."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("articles", "0081_fill_clash_origins")]

    operations = [
        migrations.AddConstraint(
            model_name="clash",
            constraint=models.UniqueConstraint(
                condition=Q(choice="", published__isnull=True),
                fields=("draft", "place", "person", "pen"),
                name="articles_clash_one_a_page",
            ),
        ),
        migrations.AddConstraint(
            model_name="clash",
            constraint=models.UniqueConstraint(
                condition=Q(published__isnull=False),
                fields=("draft", "place", "published"),
                name="articles_clash_one_a_publication",
            ),
        ),
    ]
