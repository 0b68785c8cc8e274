from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("media_assets", "0083_feeds")]

    operations = [
        migrations.AlterModelOptions(name="picturereceipt", options={"ordering": ["id"]}),
        migrations.AlterField(
            model_name="picturereceipt",
            name="found",
            field=models.TextField(blank=True, help_text="What the exit found and did."),
        ),
    ]
