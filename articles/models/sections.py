"""Where a story stands in the publication: its section, and the topics it touches."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import models

# First path segments that belong to the product. A section of the same name would hide behind them: its stories
# would publish and never be found.
RESERVED_SLUGS = frozenset(
    """
    about accounts account admin api archive authors author complaints contact corrections desk favicon favicon.ico
    feed feeds go health healthz help home img inbox live manifest media news-sitemap newsletter newsletters
    page pages preview privacy robots robots.txt rss search service-worker sign-in sign-out sitemap sitemaps
    sitemap.xml static stories story tag tags terms topic topics well-known www
    """.split()  # noqa: SIM905  read as words, sorted by hand
)


def not_reserved(slug: str) -> None:
    """Refuse a section address that the site itself uses.

    Raises:
        ValidationError: ``slug`` is one of RESERVED_SLUGS.
    """
    if slug.lower() in RESERVED_SLUGS:
        raise ValidationError(
            "The site uses the address /%(slug)s/ itself. Choose another.", code="reserved", params={"slug": slug}
        )


class Section(models.Model):
    name = models.CharField(max_length=60, unique=True)
    slug = models.SlugField(
        "address",
        max_length=60,
        unique=True,
        validators=[not_reserved],
        help_text="Readers hold it: when it is changed, the section, its feeds and its stories lead on from the old one.",
    )
    position = models.PositiveSmallIntegerField(default=0, help_text="Order in the menu, smallest first.")
    strict_review = models.BooleanField(
        default=False, help_text="Whoever approves a story of this section may have changed nothing in it."
    )

    products_barred = models.BooleanField(
        "no product plugs", default=False, help_text="No story of this section may hold a product or a link to a shop."
    )

    class Meta:
        ordering = ["position", "name"]
        constraints = [
            models.CheckConstraint(
                name="articles_section_slug_free",
                condition=~models.Q(slug__in=sorted(RESERVED_SLUGS)),
                violation_error_message="The site uses this address itself. Choose another.",
            )
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return f"/{self.slug}/"


class Topic(models.Model):
    name = models.CharField(max_length=80, unique=True)
    slug = models.SlugField(
        "address", max_length=80, unique=True, help_text="When it is changed, the old one leads on."
    )

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
