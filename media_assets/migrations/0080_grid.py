"""What the library's grid asks for: people and event, standing, shape, what came in together; accents are folded."""

import unicodedata

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.db import migrations, models
from django.db.models.functions import Cast

OTHERS = dict(zip("øØłŁđĐßæÆœŒþÞðÐıŋ", "oOlLdDsaAoOtTdDin", strict=True))


def _plain(letter: str) -> str:
    first = unicodedata.normalize("NFKD", letter)[0]
    return first if first.isascii() and first.isalpha() else ""


PLAIN = {
    letter: plain
    for letter in map(chr, [*range(0xC0, 0x250), *range(0x1E00, 0x1F00)])
    if (plain := OTHERS.get(letter) or _plain(letter)) and plain != letter
}
FOLD = """
CREATE FUNCTION media_assets_fold(words text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    -- translate() compares every letter with every accented one: most texts have none.
    SELECT CASE WHEN words ~ '[À-ɏḀ-ỿ]' THEN translate(normalize(words), 'ACCENTED', 'LETTERS') ELSE words END
$$;
""".replace("ACCENTED", "".join(PLAIN)).replace("LETTERS", "".join(PLAIN.values()))

# What ``standing.settle`` writes from now on, once for all that is there. A denial is settled when its picture changes.
STANDINGS = """
UPDATE media_assets_asset AS asset SET standing = CASE
    WHEN withdrawn_at IS NOT NULL THEN 'withdrawn'
    WHEN credit !~ '\\S' OR alternative_text !~ '\\S' OR now_.open + now_.over + now_.barred + now_.later = 0 THEN 'incomplete'
    WHEN now_.barred > 0 THEN 'barred'
    WHEN now_.open > 0 THEN 'usable'
    WHEN now_.later > 0 THEN 'barred'
    ELSE 'ended' END,
    usable_until = CASE WHEN now_.open > 0 AND now_.forever = 0 THEN now_.until END
FROM (
    SELECT one.id,
        count(*) FILTER (WHERE allowed AND coalesce(starts_at <= now(), true) AND coalesce(ends_at > now(), true)) AS open,
        count(*) FILTER (WHERE allowed AND coalesce(starts_at <= now(), true) AND ends_at IS NULL) AS forever,
        max(ends_at) FILTER (WHERE allowed AND coalesce(starts_at <= now(), true) AND ends_at > now()) AS until,
        count(*) FILTER (WHERE allowed AND ends_at <= now()) AS over,
        count(*) FILTER (WHERE allowed AND starts_at > now()) AS later,
        count(*) FILTER (WHERE NOT allowed AND coalesce(starts_at <= now(), true) AND coalesce(ends_at > now(), true)) AS barred
    FROM media_assets_asset AS one
    LEFT JOIN media_assets_rightsrow AS row ON row.asset_id = one.id AND row.use IN ('any', 'web')
    GROUP BY one.id
) AS now_
WHERE now_.id = asset.id
"""
SEARCHED = ("caption", "credit", "creator", "alternative_text", "original_name", "supplier_id", "event")


def folded(words: object) -> models.Func:
    return models.Func(words, function="media_assets_fold", output_field=models.TextField())


class Migration(migrations.Migration):
    dependencies = [("media_assets", "0071_focal_points")]

    operations = [
        migrations.RunSQL(FOLD, "DROP FUNCTION media_assets_fold;"),
        migrations.AddField(
            "asset",
            "people",
            models.JSONField(default=list, blank=True, help_text="Who is shown: a list of names."),
        ),
        migrations.AddField(
            "asset",
            "event",
            models.CharField(
                default="", max_length=200, blank=True, help_text="What it was taken at: Trooping the Colour 2026."
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            "asset",
            "standing",
            models.CharField(
                max_length=12,
                choices=[
                    ("usable", "May be used"),
                    ("incomplete", "Incomplete"),
                    ("barred", "May not be used"),
                    ("ended", "Rights ended"),
                    ("withdrawn", "Withdrawn"),
                ],
                default="incomplete",
                db_default="incomplete",
                editable=False,
            ),
        ),
        migrations.AddField(
            "asset",
            "usable_until",
            models.DateTimeField(
                null=True,
                blank=True,
                editable=False,
                help_text="When the website must stop showing it, if that is in sight.",
            ),
        ),
        migrations.AddField(
            "asset",
            "shape",
            models.GeneratedField(
                expression=models.Case(
                    models.When(width__gte=models.F("height") * 2, then=models.Value("panorama")),
                    models.When(width__gt=models.F("height") * 1.05, then=models.Value("landscape")),
                    models.When(height__gt=models.F("width") * 1.05, then=models.Value("portrait")),
                    default=models.Value("square"),
                ),
                output_field=models.CharField(max_length=12),
                db_persist=True,
            ),
        ),
        migrations.AddField(
            "asset",
            "batch",
            models.UUIDField(null=True, blank=True, editable=False, help_text="What came in together has one."),
        ),
        migrations.RemoveIndex("asset", "asset_words"),
        migrations.RemoveField("asset", "words"),
        migrations.AddField(
            "asset",
            "words",
            models.GeneratedField(
                expression=SearchVector(
                    *(folded(models.F(field)) for field in SEARCHED),
                    folded(Cast("people", models.TextField())),
                    config="simple",
                ),
                output_field=SearchVectorField(),
                db_persist=True,
            ),
        ),
        migrations.RunSQL(STANDINGS, migrations.RunSQL.noop),
        migrations.AddIndex("asset", GinIndex(fields=["words"], name="asset_words")),
        migrations.AddIndex(
            "asset", models.Index(fields=["standing", "-added_at", "-id"], name="asset_standing_newest")
        ),
        migrations.AddIndex("asset", models.Index(fields=["agency", "-added_at", "-id"], name="asset_agency_newest")),
        migrations.AddIndex("asset", models.Index(fields=["added_by", "-added_at", "-id"], name="asset_taker_newest")),
        migrations.AddIndex("asset", models.Index(fields=["shape", "-added_at", "-id"], name="asset_shape_newest")),
        migrations.AddIndex(
            "asset",
            models.Index(
                fields=["event", "-added_at", "-id"], condition=~models.Q(event=""), name="asset_event_newest"
            ),
        ),
        migrations.AddIndex(
            "asset",
            models.Index(
                fields=["usable_until"], condition=models.Q(usable_until__isnull=False), name="asset_usable_until"
            ),
        ),
        migrations.AddIndex(
            "asset",
            models.Index(fields=["batch"], condition=models.Q(batch__isnull=False), name="asset_batch"),
        ),
        migrations.AddIndex("asset", GinIndex(fields=["people"], opclasses=["jsonb_path_ops"], name="asset_people")),
    ]
