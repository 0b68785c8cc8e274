"""Which stories a frozen letter shows; a sending that waits for its mail server; deliveries given up softly."""

import django.db.models.deletion
from django.db import migrations, models

# Issues that were frozen before: the stories at places of their own, and those in blocks of whole stories whose address
# stands in the letter (a block that readers could not see then was left out of it).
FILL = r"""
INSERT INTO newsletters_shownstory (issue_id, story_id)
SELECT place.issue_id, place.story_id
FROM newsletters_issuestory place JOIN newsletters_issue issue ON issue.id = place.issue_id
WHERE issue.frozen_at IS NOT NULL
UNION
SELECT issue.id, story.id
FROM newsletters_issuestory place
JOIN newsletters_issue issue ON issue.id = place.issue_id AND issue.frozen_at IS NOT NULL
JOIN articles_revision revision ON revision.id = place.frozen_revision_id
CROSS JOIN LATERAL regexp_matches(revision.body, 'data-block="related" data-id="(\d{1,18})"', 'g') AS block(found)
JOIN articles_relatedplacement related ON related.id = block.found[1]::bigint
JOIN articles_story story ON story.id = related.story_id
JOIN articles_section section ON section.id = story.section_id
WHERE place.shape = 'whole' AND position('/' || section.slug || '/' || story.slug || '/' IN issue.frozen_html) > 0
"""


class Migration(migrations.Migration):
    dependencies = [("articles", "0002_guards"), ("newsletters", "0002_guards")]

    operations = [
        migrations.AddField("issue", "next_try_at", models.DateTimeField(blank=True, null=True)),
        migrations.AddField("issue", "stalled_since", models.DateTimeField(blank=True, null=True)),
        migrations.AddField(
            "issue",
            "stalled_why",
            models.CharField(blank=True, help_text="What the mail server last said.", max_length=300),
        ),
        migrations.AlterField("issue", "held_why", models.CharField(blank=True, max_length=600)),
        migrations.AlterField(
            "delivery",
            "state",
            models.CharField(
                choices=[
                    ("planned", "planned"),
                    ("claimed", "claimed"),
                    ("handing_over", "handing over"),
                    ("sent", "sent"),
                    ("uncertain", "uncertain"),
                    ("bounced", "bounced"),
                    ("soft_bounced", "soft bounce"),
                    ("skipped", "skipped"),
                ],
                default="planned",
                max_length=12,
            ),
        ),
        migrations.CreateModel(
            name="ShownStory",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "issue",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="shown", to="newsletters.issue"
                    ),
                ),
                (
                    "story",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="shown_in_issues",
                        to="articles.story",
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
                "constraints": [
                    models.UniqueConstraint(fields=("issue", "story"), name="a_story_shown_once_per_issue")
                ],
            },
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
    ]
