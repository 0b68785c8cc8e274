"""Whether AI made or altered a picture. Of pictures that are there already, what their files said is taken over."""

from django.db import migrations, models

_SAID = """
UPDATE media_assets_asset SET source_type = CASE
    WHEN found #>> '{digital_source_type,value}' ~* '[/:]?trainedAlgorithmic(Media|Data)/?$'
     AND found #>> '{digital_source_type,value}' !~* 'compositeWith' THEN 'ai_made'
    ELSE 'ai_altered' END
WHERE found #>> '{digital_source_type,value}' ~* '(trainedAlgorithmic(Media|Data)|compositeSynthetic)/?$'
"""


class Migration(migrations.Migration):
    dependencies = [("media_assets", "0063_rights_that_end")]

    operations = [
        migrations.AddField(
            "asset",
            "source_type",
            models.CharField(
                blank=True,
                choices=[
                    ("photograph", "Photograph, film or scan"),
                    ("edited", "Put together or edited, without AI"),
                    ("drawn", "Drawn, designed or computed, without AI"),
                    ("ai_altered", "Altered with AI"),
                    ("ai_made", "Made with AI"),
                ],
                default="",
                help_text="Readers are told what AI made or altered.",
                max_length=12,
            ),
            preserve_default=False,
        ),
        migrations.RunSQL(_SAID, migrations.RunSQL.noop),
    ]
