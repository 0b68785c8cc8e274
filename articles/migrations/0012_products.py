"""What a merchant asks becomes a row of its own: a product has offers, and a story's block names one of them. Merchants
get the network that carries their links."""

import articles.tracking
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from newsroom.audit.append_only import append_only

# Each product keeps what it had as its first offer; a block shows that offer's price if its link leads to that shop, as
# until now (``products.sells``). Who had checked the prices was not kept.
# The trigger refuses every change of a placement: none of what readers are told changes here.
# SET CONSTRAINTS: PostgreSQL alters no table that still has a foreign key to check.
FILL = r"""
INSERT INTO articles_offer (product_id, merchant_id, link, price, currency, checked_at, link_state, link_note, version)
SELECT id, merchant_id, link, price, currency, price_checked_at, 'unknown', '', 1 FROM articles_product ORDER BY id;
INSERT INTO articles_offerprice (offer_id, price, currency, at)
SELECT id, price, currency, checked_at FROM articles_offer WHERE price IS NOT NULL ORDER BY id;
ALTER TABLE articles_productplacement DISABLE TRIGGER articles_productplacement_fixed;
UPDATE articles_productplacement AS placement
   SET offer_id = offer.id
  FROM articles_offer AS offer
  JOIN articles_merchant AS merchant ON merchant.id = offer.merchant_id
 WHERE offer.product_id = placement.product_id
   AND EXISTS (
       SELECT FROM (SELECT regexp_replace(lower(btrim(written)), '^(\*\.)?(www\.)?|\.$', '', 'g')
                      FROM unnest(merchant.hosts) AS written) AS known (host),
              (SELECT rtrim(lower(substring(placement.link FROM '^[^:/]+://(?:[^/?#]*@)?([^/:?#]+)')), '.')) AS led (to_host)
        WHERE host <> '' AND (to_host = host OR right(to_host, length(host) + 1) = '.' || host));
SET CONSTRAINTS ALL IMMEDIATE;
ALTER TABLE articles_productplacement ENABLE TRIGGER articles_productplacement_fixed;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("articles", "0011_retractions"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Offer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("link", models.URLField(max_length=1000)),
                ("price", models.DecimalField(blank=True, decimal_places=2, max_digits=9, null=True)),
                (
                    "currency",
                    models.CharField(
                        choices=[("GBP", "£ pound"), ("USD", "$ US dollar"), ("EUR", "€ euro")],
                        default="USD",
                        max_length=3,
                    ),
                ),
                (
                    "checked_at",
                    models.DateTimeField(
                        blank=True, help_text="When the price was last seen at the merchant.", null=True
                    ),
                ),
                ("in_stock", models.BooleanField(blank=True, help_text="Nobody knows: empty.", null=True)),
                (
                    "link_state",
                    models.CharField(
                        choices=[
                            ("unknown", "Not checked yet"),
                            ("fine", "Leads to the product"),
                            ("moved", "Leads elsewhere"),
                            ("gone", "Gone"),
                        ],
                        default="unknown",
                        max_length=7,
                    ),
                ),
                ("link_seen_at", models.DateTimeField(blank=True, null=True)),
                ("link_note", models.CharField(blank=True, help_text="What was found, for the desk.", max_length=1200)),
                ("version", models.PositiveIntegerField(default=1)),
            ],
            options={
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="OfferPrice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("price", models.DecimalField(decimal_places=2, max_digits=9)),
                ("currency", models.CharField(max_length=3)),
                ("at", models.DateTimeField()),
            ],
            options={
                "ordering": ["-at", "-id"],
            },
        ),
        migrations.AddField(
            model_name="merchant",
            name="commission",
            field=models.TextField(blank=True, help_text="What was agreed, for the desk: rates, limits, contact."),
        ),
        migrations.AddField(
            model_name="merchant",
            name="network",
            field=models.CharField(blank=True, help_text="The network that pays: “Awin”, “Skimlinks”.", max_length=120),
        ),
        migrations.AddField(
            model_name="merchant",
            name="tracking",
            field=models.CharField(
                blank=True,
                help_text="The network’s address with {url} where the shop’s goes in: “https://go.network.example/?m=12&u={url}”.",
                max_length=500,
                validators=[articles.tracking.valid_template],
                verbose_name="tracking address",
            ),
        ),
        migrations.AddField(
            model_name="productplacement",
            name="tracking",
            field=models.CharField(
                blank=True, help_text="The network's address that its link is put into.", max_length=500
            ),
        ),
        migrations.AddField(
            model_name="offer",
            name="checked_by",
            field=models.ForeignKey(
                blank=True,
                help_text="Nobody: the merchant's page was read by the recheck.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="offer",
            name="merchant",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="offers", to="articles.merchant"
            ),
        ),
        migrations.AddField(
            model_name="offer",
            name="product",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="offers", to="articles.product"
            ),
        ),
        migrations.AddField(
            model_name="productplacement",
            name="offer",
            field=models.ForeignKey(
                blank=True,
                help_text="Whose price is shown. None for a block older than offers whose shop the library no longer has.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="placements",
                to="articles.offer",
            ),
        ),
        migrations.AddField(
            model_name="offerprice",
            name="offer",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="prices", to="articles.offer"
            ),
        ),
        migrations.AddField(
            model_name="offerprice",
            name="person",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddConstraint(
            model_name="offer",
            constraint=models.UniqueConstraint(models.F("product"), models.F("merchant"), name="articles_offer_once"),
        ),
        migrations.AddConstraint(
            model_name="offer",
            constraint=models.CheckConstraint(
                condition=models.Q(("price__isnull", True), ("price__gt", 0), _connector="OR"),
                name="articles_offer_price_positive",
            ),
        ),
        migrations.AddConstraint(
            model_name="offer",
            constraint=models.CheckConstraint(
                condition=models.Q(("price__isnull", True), ("checked_at__isnull", False), _connector="OR"),
                name="articles_offer_price_dated",
            ),
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        append_only("articles_offerprice"),
        migrations.RemoveConstraint(
            model_name="product",
            name="articles_product_price_positive",
        ),
        migrations.RemoveConstraint(
            model_name="product",
            name="articles_product_price_dated",
        ),
        migrations.RemoveField(
            model_name="product",
            name="currency",
        ),
        migrations.RemoveField(
            model_name="product",
            name="link",
        ),
        migrations.RemoveField(
            model_name="product",
            name="merchant",
        ),
        migrations.RemoveField(
            model_name="product",
            name="price",
        ),
        migrations.RemoveField(
            model_name="product",
            name="price_checked_at",
        ),
    ]
