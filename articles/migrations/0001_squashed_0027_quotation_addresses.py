"""The tables as the first 27 migrations left them, made at once. A database that has those has this one."""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.migrations import CreateModel

import articles.models.sections
import articles.tracking
from newsroom.audit.append_only import append_only
from newsroom.migrating import CreateModels

from ._guards import GUARDS, GUARDS_BACK
from ._search import SEARCH, SEARCH_BACK

ID = ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"))

MODELS = [
    CreateModel(
        name="Merchant",
        fields=[
            ID,
            ("name", models.CharField(max_length=120, unique=True)),
            (
                "hosts",
                django.contrib.postgres.fields.ArrayField(
                    base_field=models.CharField(max_length=253),
                    help_text="Their hosts, lower case: “shop.example”. A link to one, or below one, is an affiliate link.",
                    size=None,
                ),
            ),
            (
                "tag",
                models.CharField(
                    blank=True, help_text="Our tracking tag, added to product links: “tag=ours-20”.", max_length=120
                ),
            ),
            (
                "commission",
                models.TextField(blank=True, help_text="What was agreed, for the desk: rates, limits, contact."),
            ),
            (
                "network",
                models.CharField(blank=True, help_text="The network that pays: “Awin”, “Skimlinks”.", max_length=120),
            ),
            (
                "tracking",
                models.CharField(
                    blank=True,
                    help_text="The network’s address with {url} where the shop’s goes in: “https://go.network.example/?m=12&u={url}”.",
                    max_length=500,
                    validators=[articles.tracking.valid_template],
                    verbose_name="tracking address",
                ),
            ),
            ("next_request_at", models.DateTimeField(blank=True, editable=False, null=True)),
            (
                "pause",
                models.PositiveSmallIntegerField(
                    default=30,
                    help_text="How often the recheck may ask this merchant for a page.",
                    validators=[
                        django.core.validators.MinValueValidator(1),
                        django.core.validators.MaxValueValidator(3600),
                    ],
                    verbose_name="seconds between two requests",
                ),
            ),
            (
                "recheck",
                models.CharField(
                    blank=True,
                    choices=[("", "By people"), ("schema.org", "By the schema.org data on the merchant’s pages")],
                    max_length=20,
                    verbose_name="prices are checked",
                ),
            ),
            (
                "keeper",
                models.ForeignKey(
                    blank=True,
                    help_text="Who is told of dead links and strange prices. Nobody: the editors.",
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="+",
                    to=settings.AUTH_USER_MODEL,
                    verbose_name="looked after by",
                ),
            ),
            ("version", models.PositiveIntegerField(default=1, editable=False)),
        ],
        options={
            "ordering": ["name"],
        },
    ),
    CreateModel(
        name="Topic",
        fields=[
            ID,
            ("name", models.CharField(max_length=80, unique=True)),
            ("slug", models.SlugField(max_length=80, unique=True, verbose_name="address")),
        ],
        options={
            "ordering": ["name"],
        },
    ),
    CreateModel(
        name="Draft",
        fields=[
            ID,
            (
                "kind",
                models.CharField(
                    choices=[("main", "Draft"), ("correction", "Quick correction"), ("live", "Live post")],
                    default="main",
                    max_length=10,
                ),
            ),
            (
                "standing",
                models.CharField(
                    choices=[
                        ("draft", "Draft"),
                        ("in_review", "In review"),
                        ("changes_requested", "Changes requested"),
                        ("approved", "Approved"),
                        ("scheduled", "Scheduled"),
                        ("closed", "Closed"),
                    ],
                    default="draft",
                    max_length=20,
                ),
            ),
            ("version", models.PositiveIntegerField(default=1, help_text="Rises with every save and every move.")),
            (
                "open_quotations",
                models.PositiveSmallIntegerField(
                    default=0,
                    help_text="Quotations in the head neither tied nor waived, as last counted: what the board flags.",
                ),
            ),
            ("opened_at", models.DateTimeField()),
            ("changed_at", models.DateTimeField()),
            (
                "approved_by",
                models.ForeignKey(
                    blank=True,
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="+",
                    to=settings.AUTH_USER_MODEL,
                ),
            ),
            (
                "changed_by",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                ),
            ),
            (
                "opened_by",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                ),
            ),
            (
                "approved_revision",
                models.ForeignKey(
                    blank=True,
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="approved_in",
                    to="articles.revision",
                ),
            ),
            (
                "base_revision",
                models.ForeignKey(
                    blank=True,
                    help_text="What readers saw when this line of work began.",
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="base_of",
                    to="articles.revision",
                ),
            ),
            (
                "head",
                models.ForeignKey(
                    help_text="The newest saved state; before the first save of a reopened story, the published revision.",
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="head_of",
                    to="articles.revision",
                ),
            ),
            (
                "story",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.CASCADE, related_name="drafts", to="articles.story"
                ),
            ),
        ],
        options={
            "indexes": [
                models.Index(
                    models.F("standing"),
                    models.OrderBy(models.F("changed_at"), descending=True),
                    condition=models.Q(("standing", "closed"), _negated=True),
                    name="articles_draft_board",
                )
            ],
            "constraints": [
                models.UniqueConstraint(
                    models.F("story"),
                    models.F("kind"),
                    condition=models.Q(("standing", "closed"), _negated=True),
                    name="articles_draft_one_open",
                ),
                models.CheckConstraint(
                    condition=models.Q(
                        models.Q(
                            ("approved_by__isnull", False),
                            ("approved_revision__isnull", False),
                            ("standing", "approved"),
                        ),
                        ("standing", "closed"),
                        models.Q(
                            models.Q(("standing__in", ["approved", "closed"]), _negated=True),
                            ("approved_by__isnull", True),
                            ("approved_revision__isnull", True),
                        ),
                        _connector="OR",
                    ),
                    name="articles_draft_approval_named",
                ),
            ],
        },
    ),
    CreateModel(
        name="Outlet",
        fields=[
            ID,
            ("name", models.CharField(max_length=120)),
            (
                "columnist",
                models.CharField(
                    blank=True,
                    help_text='Whose column it is: "Rob Shuter" prints "Rob Shuter\'s ShutterScoop".',
                    max_length=120,
                ),
            ),
            (
                "definite",
                models.BooleanField(
                    default=False, help_text="Prints “the” before the name.", verbose_name="takes “the”"
                ),
            ),
            ("url", models.URLField(blank=True, max_length=500, verbose_name="address")),
        ],
        options={
            "ordering": ["name"],
            "constraints": [
                models.UniqueConstraint(models.F("name"), models.F("columnist"), name="articles_outlet_once")
            ],
        },
    ),
    CreateModel(
        name="Product",
        fields=[
            ID,
            ("maker", models.CharField(max_length=120)),
            ("title", models.CharField(max_length=200)),
            ("blurb", models.TextField(blank=True, help_text="The library's words; a story may say its own.")),
            ("version", models.PositiveIntegerField(default=1)),
            (
                "picture",
                models.ForeignKey(
                    blank=True,
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="products",
                    to="media_assets.asset",
                ),
            ),
        ],
        options={
            "ordering": ["maker", "title", "id"],
        },
    ),
    CreateModel(
        name="ProductPlacement",
        fields=[
            ID,
            ("maker", models.CharField(max_length=120)),
            ("title", models.CharField(max_length=200)),
            ("link", models.URLField(max_length=1000)),
            ("blurb", models.TextField(blank=True)),
            ("created_at", models.DateTimeField()),
            (
                "created_by",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                ),
            ),
            (
                "product",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="placements", to="articles.product"
                ),
            ),
            ("merchant", models.CharField(help_text="Who sells it, as readers are told.", max_length=120)),
            ("tag", models.CharField(blank=True, help_text="The affiliate tag that its link carries.", max_length=120)),
            (
                "picture",
                models.ForeignKey(
                    blank=True,
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="product_placements",
                    to="media_assets.asset",
                ),
            ),
            ("picture_text", models.CharField(blank=True, help_text="The picture's alternative text.", max_length=500)),
            (
                "tracking",
                models.CharField(
                    blank=True, help_text="The network's address that its link is put into.", max_length=500
                ),
            ),
            (
                "offer",
                models.ForeignKey(
                    blank=True,
                    help_text="Whose price is shown. None for a block older than offers whose shop the library no longer has.",
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="placements",
                    to="articles.offer",
                ),
            ),
        ],
        options={
            "constraints": [
                models.CheckConstraint(
                    condition=models.Q(("picture__isnull", True), ("picture_text__regex", "\\S"), _connector="OR"),
                    name="articles_productplacement_picture_said",
                )
            ],
        },
    ),
    CreateModel(
        name="Quotation",
        fields=[
            ID,
            ("words", models.TextField(help_text="What was said, without the quotation marks.")),
            ("normalised", models.TextField(editable=False, help_text="ledger.normalise(words): what ties compare.")),
            (
                "said_to",
                models.CharField(
                    blank=True, help_text="To whom, where: “in an interview in Santa Barbara”.", max_length=200
                ),
            ),
            ("said_on", models.DateField(blank=True, null=True)),
            ("link", models.URLField(blank=True, max_length=500)),
            (
                "state",
                models.CharField(
                    choices=[
                        ("unchecked", "Not checked yet"),
                        ("confirmed", "Checked against the source"),
                        ("retracted", "Retracted"),
                    ],
                    default="unchecked",
                    max_length=10,
                ),
            ),
            ("added_at", models.DateTimeField()),
            (
                "added_by",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                ),
            ),
            (
                "outlets",
                models.ManyToManyField(
                    related_name="quotations", through="articles.QuotationOutlet", to="articles.outlet"
                ),
            ),
            (
                "source",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="quotations", to="articles.source"
                ),
            ),
            (
                "archived",
                models.TextField(
                    blank=True,
                    help_text="What the report said when it was read, for the day on which the link is dead.",
                ),
            ),
            ("verified_at", models.DateTimeField(blank=True, null=True)),
            (
                "verified_by",
                models.ForeignKey(
                    blank=True,
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="+",
                    to=settings.AUTH_USER_MODEL,
                ),
            ),
        ],
        options={
            "ordering": ["-id"],
            "indexes": [
                django.contrib.postgres.indexes.HashIndex(models.F("normalised"), name="articles_quotation_said")
            ],
            "constraints": [
                models.CheckConstraint(
                    condition=models.Q(("normalised", ""), _negated=True), name="articles_quotation_words"
                ),
                models.CheckConstraint(
                    condition=models.Q(
                        models.Q(("verified_at__isnull", True), ("verified_by__isnull", True)),
                        models.Q(("verified_at__isnull", False), ("verified_by__isnull", False)),
                        _connector="OR",
                    ),
                    name="articles_quotation_verified",
                ),
            ],
        },
    ),
    CreateModel(
        name="QuotationOutlet",
        fields=[
            ID,
            ("position", models.PositiveSmallIntegerField(default=0)),
            (
                "via",
                models.BooleanField(
                    default=False, help_text="They relayed it; it was not said to them.", verbose_name="relayed"
                ),
            ),
            (
                "outlet",
                models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="articles.outlet"),
            ),
            (
                "quotation",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.CASCADE, related_name="chain", to="articles.quotation"
                ),
            ),
        ],
        options={
            "ordering": ["position", "id"],
            "constraints": [
                models.UniqueConstraint(models.F("quotation"), models.F("position"), name="articles_chain_position")
            ],
        },
    ),
    CreateModel(
        name="QuotePlacement",
        fields=[
            ID,
            (
                "words",
                models.TextField(help_text="The words shown, without quotation marks: all or a part of the quotation."),
            ),
            ("attribution", models.CharField(help_text="As printed: “Sources, to the Daily Mail”.", max_length=400)),
            (
                "style",
                models.CharField(
                    choices=[("quote", "Quotation"), ("pull", "Pull quote")], default="pull", max_length=5
                ),
            ),
            ("created_at", models.DateTimeField()),
            (
                "created_by",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                ),
            ),
            (
                "quotation",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="placements", to="articles.quotation"
                ),
            ),
            (
                "chain",
                models.JSONField(
                    default=list,
                    help_text="The outlets that the attribution names, in its order: name, and address as it was then.",
                ),
            ),
        ],
    ),
    CreateModel(
        name="Revision",
        fields=[
            ID,
            ("number", models.PositiveIntegerField()),
            ("headline", models.CharField(max_length=200)),
            ("kicker", models.CharField(blank=True, max_length=60)),
            ("standfirst", models.TextField(blank=True)),
            ("body", models.TextField(blank=True, help_text="HTML as the body contract says: already cleaned.")),
            ("paragraph_keys", models.JSONField(default=list, help_text="One key per top-level element of the body.")),
            ("search_title", models.CharField(blank=True, max_length=200)),
            ("search_description", models.CharField(blank=True, max_length=400)),
            ("words", models.PositiveIntegerField(default=0)),
            ("pictures", models.PositiveSmallIntegerField(default=0, help_text="Image blocks and the lead image.")),
            (
                "quotations",
                models.PositiveSmallIntegerField(default=0, help_text="Pairs of quotation marks in the text."),
            ),
            (
                "digest",
                models.CharField(help_text="SHA-256 of the content: equal states have equal digests.", max_length=64),
            ),
            ("created_at", models.DateTimeField()),
            ("sealed", models.BooleanField(default=False)),
            (
                "author",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="revisions", to=settings.AUTH_USER_MODEL
                ),
            ),
            (
                "draft",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.CASCADE, related_name="revisions", to="articles.draft"
                ),
            ),
            (
                "lead_image",
                models.ForeignKey(
                    blank=True,
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="leads",
                    to="media_assets.imageplacement",
                ),
            ),
            (
                "by_hand",
                models.BooleanField(default=True, help_text="Somebody pressed Save; otherwise it was kept by itself."),
            ),
            (
                "joined",
                models.BooleanField(default=False, help_text="It holds others' words that its page had not seen."),
            ),
            (
                "pen",
                models.CharField(
                    blank=True,
                    help_text="The open page that wrote it. Only that page's autosave may amend it.",
                    max_length=32,
                ),
            ),
            ("social_title", models.CharField(blank=True, max_length=200)),
            ("social_description", models.CharField(blank=True, max_length=400)),
        ],
        options={
            "ordering": ["draft_id", "number"],
            "constraints": [
                models.UniqueConstraint(models.F("draft"), models.F("number"), name="articles_revision_number")
            ],
        },
    ),
    CreateModel(
        name="Reference",
        fields=[
            ID,
            ("kind", models.CharField(max_length=20)),
            ("placement_id", models.BigIntegerField()),
            (
                "revision",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.CASCADE, related_name="references", to="articles.revision"
                ),
            ),
        ],
        options={
            "indexes": [models.Index(models.F("kind"), models.F("placement_id"), name="articles_reference_used")],
            "constraints": [
                models.UniqueConstraint(
                    models.F("revision"), models.F("kind"), models.F("placement_id"), name="articles_reference_once"
                )
            ],
        },
    ),
    CreateModel(
        name="QuotationUse",
        fields=[
            ID,
            (
                "quotation",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="uses", to="articles.quotation"
                ),
            ),
            (
                "revision",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.CASCADE, related_name="quotation_uses", to="articles.revision"
                ),
            ),
        ],
        options={
            "constraints": [
                models.UniqueConstraint(models.F("revision"), models.F("quotation"), name="articles_quotation_use_once")
            ],
        },
    ),
    CreateModel(
        name="Section",
        fields=[
            ID,
            ("name", models.CharField(max_length=60, unique=True)),
            (
                "slug",
                models.SlugField(
                    max_length=60,
                    unique=True,
                    validators=[articles.models.sections.not_reserved],
                    verbose_name="address",
                ),
            ),
            ("position", models.PositiveSmallIntegerField(default=0, help_text="Order in the menu, smallest first.")),
            (
                "strict_review",
                models.BooleanField(
                    default=False, help_text="Whoever approves a story of this section may have changed nothing in it."
                ),
            ),
            (
                "products_barred",
                models.BooleanField(
                    default=False,
                    help_text="No story of this section may hold a product or a link to a shop.",
                    verbose_name="no product plugs",
                ),
            ),
        ],
        options={
            "ordering": ["position", "name"],
            "constraints": [
                models.CheckConstraint(
                    condition=models.Q(
                        (
                            "slug__in",
                            [
                                "about",
                                "account",
                                "accounts",
                                "admin",
                                "api",
                                "archive",
                                "author",
                                "authors",
                                "complaints",
                                "contact",
                                "corrections",
                                "desk",
                                "favicon",
                                "favicon.ico",
                                "feed",
                                "feeds",
                                "go",
                                "health",
                                "healthz",
                                "help",
                                "home",
                                "img",
                                "inbox",
                                "live",
                                "manifest",
                                "media",
                                "news-sitemap",
                                "newsletter",
                                "newsletters",
                                "page",
                                "pages",
                                "preview",
                                "privacy",
                                "robots",
                                "robots.txt",
                                "rss",
                                "search",
                                "service-worker",
                                "sign-in",
                                "sign-out",
                                "sitemap",
                                "sitemap.xml",
                                "sitemaps",
                                "static",
                                "stories",
                                "story",
                                "tag",
                                "tags",
                                "terms",
                                "topic",
                                "topics",
                                "well-known",
                                "www",
                            ],
                        ),
                        _negated=True,
                    ),
                    name="articles_section_slug_free",
                    violation_error_message="The site uses this address itself. Choose another.",
                )
            ],
        },
    ),
    CreateModel(
        name="Source",
        fields=[
            ID,
            (
                "kind",
                models.CharField(
                    choices=[
                        ("named", "Named person"),
                        ("unnamed", "Unnamed person"),
                        ("document", "Document"),
                        ("statement", "Statement"),
                        ("report", "Another outlet’s report"),
                    ],
                    max_length=10,
                ),
            ),
            ("name", models.CharField(blank=True, help_text="Empty for an unnamed person.", max_length=160)),
            (
                "description",
                models.CharField(
                    blank=True,
                    help_text="How they may be described in print: “a source”, “a former aide”.",
                    max_length=200,
                ),
            ),
            ("link", models.URLField(blank=True, max_length=500)),
            ("note", models.TextField(blank=True, help_text="For the desk only.")),
            ("added_at", models.DateTimeField()),
            ("version", models.PositiveIntegerField(default=1)),
            (
                "added_by",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                ),
            ),
            (
                "outlet",
                models.ForeignKey(
                    blank=True,
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="sources",
                    to="articles.outlet",
                ),
            ),
        ],
        options={
            "ordering": ["name", "description", "id"],
            "constraints": [
                models.CheckConstraint(
                    condition=models.Q(
                        models.Q(("kind", "unnamed"), ("name", ""), models.Q(("description", ""), _negated=True)),
                        models.Q(models.Q(("kind", "unnamed"), _negated=True), models.Q(("name", ""), _negated=True)),
                        _connector="OR",
                    ),
                    name="articles_source_described",
                )
            ],
        },
    ),
    CreateModel(
        name="Story",
        fields=[
            ID,
            ("slug", models.SlugField(max_length=90, verbose_name="address")),
            (
                "slug_by_hand",
                models.BooleanField(
                    default=False, help_text="A person chose the address; the headline no longer does."
                ),
            ),
            ("live", models.BooleanField(default=False, verbose_name="live story")),
            (
                "readers",
                models.CharField(
                    choices=[("nothing", "Not published"), ("published", "Published"), ("withdrawn", "Withdrawn")],
                    default="nothing",
                    max_length=10,
                ),
            ),
            ("first_published_at", models.DateTimeField(blank=True, null=True)),
            ("visible_updated_at", models.DateTimeField(blank=True, null=True)),
            ("withdrawn_at", models.DateTimeField(blank=True, null=True)),
            ("withdrawn_reason", models.TextField(blank=True, help_text="Why, for the desk.")),
            ("withdrawn_notice", models.CharField(blank=True, help_text="What readers are told.", max_length=300)),
            (
                "version",
                models.PositiveIntegerField(default=1, help_text="Rises with every change; compared before each."),
            ),
            ("created_at", models.DateTimeField()),
            (
                "approved_by",
                models.ForeignKey(
                    blank=True,
                    help_text="Who approved the published revision.",
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="+",
                    to=settings.AUTH_USER_MODEL,
                ),
            ),
            (
                "owner",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="stories", to=settings.AUTH_USER_MODEL
                ),
            ),
            (
                "published_revision",
                models.ForeignKey(
                    blank=True,
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="published_in",
                    to="articles.revision",
                ),
            ),
            (
                "section",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="stories", to="articles.section"
                ),
            ),
            ("topics", models.ManyToManyField(blank=True, related_name="stories", to="articles.topic")),
            (
                "embargo_until",
                models.DateTimeField(
                    blank=True,
                    help_text="No reader sees the story before. A moment that has passed holds nothing back.",
                    null=True,
                ),
            ),
            ("held_at", models.DateTimeField(blank=True, null=True, verbose_name="legal hold since")),
            (
                "held_by",
                models.ForeignKey(
                    blank=True,
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="+",
                    to=settings.AUTH_USER_MODEL,
                ),
            ),
            ("held_reason", models.TextField(blank=True, help_text="What legal says to the desk.")),
            (
                "spiked_at",
                models.DateTimeField(blank=True, help_text="Put away unpublished; may be restored.", null=True),
            ),
            (
                "products_barred",
                models.BooleanField(
                    default=False,
                    help_text="For a death, an illness, a crime: no product and no link to a shop may stand in it.",
                    verbose_name="no product plugs",
                ),
            ),
            (
                "live_by",
                models.ForeignKey(
                    blank=True,
                    help_text="Who declared it.",
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="+",
                    to=settings.AUTH_USER_MODEL,
                ),
            ),
            ("live_since", models.DateTimeField(blank=True, null=True)),
            (
                "live_until",
                models.DateTimeField(
                    blank=True,
                    help_text="The notice to readers goes by itself then. Empty: when somebody ends it.",
                    null=True,
                ),
            ),
        ],
        options={
            "verbose_name_plural": "stories",
            "indexes": [
                models.Index(
                    models.F("section"),
                    models.OrderBy(models.F("first_published_at"), descending=True),
                    condition=models.Q(("readers", "published")),
                    name="articles_story_by_section",
                ),
                models.Index(
                    models.OrderBy(models.F("first_published_at"), descending=True),
                    models.OrderBy(models.F("id"), descending=True),
                    condition=models.Q(("readers", "published")),
                    name="articles_story_newest",
                ),
                models.Index(
                    models.OrderBy(models.F("visible_updated_at"), descending=True),
                    models.OrderBy(models.F("id"), descending=True),
                    condition=models.Q(("readers", "published")),
                    name="articles_story_touched",
                ),
                models.Index(
                    models.F("visible_updated_at"), condition=models.Q(("live", True)), name="articles_story_live"
                ),
                models.Index(
                    models.F("spiked_at"),
                    condition=models.Q(("spiked_at__isnull", False)),
                    name="articles_story_spiked",
                ),
                models.Index(
                    models.F("live_until"),
                    condition=models.Q(("live", True), ("live_until__isnull", False)),
                    name="articles_story_live_until",
                ),
                models.Index(
                    models.OrderBy(models.F("visible_updated_at"), descending=True),
                    models.OrderBy(models.F("id"), descending=True),
                    condition=models.Q(("readers", "withdrawn")),
                    name="articles_story_withdrawn",
                ),
            ],
            "constraints": [
                models.UniqueConstraint(models.F("section"), models.F("slug"), name="articles_story_address"),
                models.CheckConstraint(
                    condition=models.Q(
                        models.Q(
                            ("first_published_at__isnull", True),
                            ("published_revision__isnull", True),
                            ("readers", "nothing"),
                        ),
                        models.Q(
                            ("approved_by__isnull", False),
                            ("first_published_at__isnull", False),
                            ("published_revision__isnull", False),
                            ("readers__in", ["published", "withdrawn"]),
                            ("visible_updated_at__isnull", False),
                        ),
                        _connector="OR",
                    ),
                    name="articles_story_published_whole",
                ),
                models.CheckConstraint(
                    condition=models.Q(
                        ("visible_updated_at__isnull", True),
                        ("visible_updated_at__gte", models.F("first_published_at")),
                        _connector="OR",
                    ),
                    name="articles_story_clock",
                ),
                models.CheckConstraint(
                    condition=models.Q(
                        models.Q(("held_at__isnull", True), ("held_by__isnull", True), ("held_reason", "")),
                        models.Q(
                            ("held_at__isnull", False),
                            ("held_by__isnull", False),
                            models.Q(("held_reason", ""), _negated=True),
                        ),
                        _connector="OR",
                    ),
                    name="articles_story_hold_named",
                ),
                models.CheckConstraint(
                    condition=models.Q(("spiked_at__isnull", True), ("readers", "nothing"), _connector="OR"),
                    name="articles_story_spiked_unseen",
                ),
                models.CheckConstraint(
                    condition=models.Q(
                        ("live", True),
                        models.Q(("live_by__isnull", True), ("live_since__isnull", True), ("live_until__isnull", True)),
                        _connector="OR",
                    ),
                    name="articles_story_live_ended",
                ),
            ],
        },
    ),
    CreateModel(
        name="RelatedPlacement",
        fields=[
            ID,
            (
                "line",
                models.CharField(blank=True, help_text="Shown instead of the story's own headline.", max_length=200),
            ),
            ("created_at", models.DateTimeField()),
            (
                "created_by",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                ),
            ),
            (
                "story",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="related_placements", to="articles.story"
                ),
            ),
        ],
    ),
    CreateModel(
        name="MoveLog",
        fields=[
            ID,
            ("move", models.CharField(max_length=30)),
            ("at", models.DateTimeField()),
            ("reason", models.TextField(blank=True)),
            (
                "draft",
                models.ForeignKey(
                    blank=True,
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="moves",
                    to="articles.draft",
                ),
            ),
            (
                "person",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="moves", to=settings.AUTH_USER_MODEL
                ),
            ),
            (
                "revision",
                models.ForeignKey(
                    blank=True,
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="moves",
                    to="articles.revision",
                ),
            ),
            (
                "story",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="moves", to="articles.story"
                ),
            ),
        ],
        options={
            "ordering": ["-id"],
            "indexes": [
                models.Index(
                    models.F("draft"),
                    models.F("move"),
                    models.OrderBy(models.F("id"), descending=True),
                    name="articles_movelog_draft",
                ),
                models.Index(models.F("at"), name="articles_movelog_at"),
            ],
        },
    ),
    CreateModel(
        name="Byline",
        fields=[
            ID,
            ("position", models.PositiveSmallIntegerField(default=0)),
            (
                "person",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="bylines", to=settings.AUTH_USER_MODEL
                ),
            ),
            (
                "story",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.CASCADE, related_name="bylines", to="articles.story"
                ),
            ),
        ],
        options={
            "ordering": ["position", "id"],
            "constraints": [
                models.UniqueConstraint(models.F("story"), models.F("person"), name="articles_byline_once")
            ],
        },
    ),
    CreateModel(
        name="Update",
        fields=[
            ID,
            (
                "kind",
                models.CharField(
                    choices=[
                        ("minor", "Minor change"),
                        ("update", "Update"),
                        ("clarification", "Clarification"),
                        ("correction", "Correction"),
                    ],
                    max_length=15,
                ),
            ),
            ("line", models.CharField(blank=True, max_length=300, verbose_name="public line")),
            ("at", models.DateTimeField()),
            (
                "person",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                ),
            ),
            (
                "revision",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="updates", to="articles.revision"
                ),
            ),
            (
                "story",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="updates", to="articles.story"
                ),
            ),
        ],
        options={
            "ordering": ["-at", "-id"],
            "indexes": [
                models.Index(
                    models.OrderBy(models.F("at"), descending=True),
                    models.OrderBy(models.F("id"), descending=True),
                    condition=models.Q(("kind__in", ["correction", "clarification"])),
                    name="articles_update_corrections",
                )
            ],
            "constraints": [
                models.CheckConstraint(
                    condition=models.Q(
                        models.Q(("kind", "minor"), ("line", "")),
                        models.Q(models.Q(("kind", "minor"), _negated=True), models.Q(("line", ""), _negated=True)),
                        _connector="OR",
                    ),
                    name="articles_update_says_what",
                )
            ],
        },
    ),
    CreateModel(
        name="Waiver",
        fields=[
            ID,
            ("words", models.TextField()),
            ("normalised", models.TextField(editable=False)),
            ("reason", models.CharField(max_length=300)),
            ("at", models.DateTimeField()),
            (
                "person",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                ),
            ),
            (
                "story",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.CASCADE, related_name="waivers", to="articles.story"
                ),
            ),
        ],
        options={
            "constraints": [
                models.UniqueConstraint(models.F("story"), models.F("normalised"), name="articles_waiver_once"),
                models.CheckConstraint(
                    condition=models.Q(("reason", ""), _negated=True), name="articles_waiver_reason"
                ),
            ],
        },
    ),
    CreateModel(
        name="Review",
        fields=[
            ID,
            (
                "kind",
                models.CharField(
                    choices=[("emergency", "Emergency publish"), ("live_post", "Live post")], max_length=10
                ),
            ),
            ("opened_at", models.DateTimeField()),
            ("closed_at", models.DateTimeField(blank=True, null=True)),
            ("note", models.TextField(blank=True, help_text="What the reader of it had to say.")),
            (
                "before",
                models.ForeignKey(
                    blank=True,
                    help_text="What readers saw until then.",
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="+",
                    to="articles.revision",
                ),
            ),
            (
                "closed_by",
                models.ForeignKey(
                    blank=True,
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="+",
                    to=settings.AUTH_USER_MODEL,
                ),
            ),
            (
                "log",
                models.OneToOneField(
                    on_delete=django.db.models.deletion.PROTECT, related_name="review", to="articles.movelog"
                ),
            ),
            (
                "person",
                models.ForeignKey(
                    help_text="Who sent it out.",
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="+",
                    to=settings.AUTH_USER_MODEL,
                ),
            ),
            (
                "revision",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="reviews", to="articles.revision"
                ),
            ),
            (
                "story",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="reviews", to="articles.story"
                ),
            ),
        ],
        options={
            "ordering": ["opened_at", "id"],
            "indexes": [
                models.Index(
                    models.F("opened_at"),
                    models.F("id"),
                    condition=models.Q(("closed_at__isnull", True)),
                    name="articles_review_open",
                )
            ],
            "constraints": [
                models.CheckConstraint(
                    condition=models.Q(
                        models.Q(("closed_at__isnull", True), ("closed_by__isnull", True)),
                        models.Q(
                            ("closed_at__isnull", False),
                            ("closed_by__isnull", False),
                            models.Q(("closed_by", models.F("person")), _negated=True),
                        ),
                        _connector="OR",
                    ),
                    name="articles_review_closed_by_another",
                )
            ],
        },
    ),
    CreateModel(
        name="Note",
        fields=[
            ID,
            (
                "paragraph",
                models.CharField(
                    blank=True, help_text="The paragraph's stable key; empty: a note on the whole story.", max_length=20
                ),
            ),
            (
                "stood_on",
                models.CharField(
                    blank=True, help_text="The paragraph's words when the note was written: it may go.", max_length=300
                ),
            ),
            ("opened_at", models.DateTimeField()),
            ("resolved_at", models.DateTimeField(blank=True, null=True)),
            (
                "opened_by",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                ),
            ),
            (
                "resolved_by",
                models.ForeignKey(
                    blank=True,
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="+",
                    to=settings.AUTH_USER_MODEL,
                ),
            ),
            (
                "story",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.CASCADE, related_name="desk_notes", to="articles.story"
                ),
            ),
        ],
        options={
            "ordering": ["id"],
            "indexes": [models.Index(models.F("story"), models.F("id"), name="articles_note_story")],
            "constraints": [
                models.CheckConstraint(
                    condition=models.Q(
                        models.Q(("resolved_at__isnull", True), ("resolved_by__isnull", True)),
                        models.Q(("resolved_at__isnull", False), ("resolved_by__isnull", False)),
                        _connector="OR",
                    ),
                    name="articles_note_resolved_by",
                ),
                models.CheckConstraint(
                    condition=models.Q(("paragraph", ""), models.Q(("stood_on", ""), _negated=True), _connector="OR"),
                    name="articles_note_stood_on",
                ),
            ],
        },
    ),
    CreateModel(
        name="NoteEntry",
        fields=[
            ID,
            (
                "act",
                models.CharField(
                    choices=[("said", "said"), ("resolved", "resolved this"), ("reopened", "opened this again")],
                    default="said",
                    max_length=10,
                ),
            ),
            ("words", models.TextField(blank=True)),
            ("at", models.DateTimeField()),
            ("mentions", models.ManyToManyField(related_name="+", to=settings.AUTH_USER_MODEL)),
            (
                "note",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.CASCADE, related_name="entries", to="articles.note"
                ),
            ),
            (
                "person",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                ),
            ),
            (
                "version",
                models.PositiveIntegerField(default=1, help_text="Rises with every new wording; compared before each."),
            ),
            ("edited_at", models.DateTimeField(blank=True, null=True)),
            ("deleted_at", models.DateTimeField(blank=True, null=True)),
        ],
        options={
            "ordering": ["id"],
            "constraints": [
                models.CheckConstraint(
                    condition=models.Q(
                        models.Q(("act", "said"), _negated=True),
                        models.Q(("deleted_at__isnull", True), models.Q(("words", ""), _negated=True)),
                        models.Q(("deleted_at__isnull", False), ("words", "")),
                        _connector="OR",
                    ),
                    name="articles_note_says",
                ),
                models.CheckConstraint(
                    condition=models.Q(
                        ("act", "said"),
                        models.Q(("deleted_at__isnull", True), ("edited_at__isnull", True)),
                        _connector="OR",
                    ),
                    name="articles_note_only_words_change",
                ),
            ],
        },
    ),
    CreateModel(
        name="Clash",
        fields=[
            ID,
            ("place", models.CharField(help_text="A field's name, or a paragraph's key.", max_length=40)),
            (
                "after",
                models.CharField(
                    blank=True, help_text="The paragraph in front, where theirs took it out.", max_length=40
                ),
            ),
            ("base", models.TextField(blank=True, help_text="What both began from.")),
            ("yours", models.TextField(blank=True)),
            ("theirs", models.TextField(blank=True)),
            ("at", models.DateTimeField()),
            (
                "choice",
                models.CharField(
                    blank=True, choices=[("yours", "Mine"), ("theirs", "Theirs"), ("both", "Both")], max_length=6
                ),
            ),
            ("settled_at", models.DateTimeField(blank=True, null=True)),
            (
                "draft",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.CASCADE, related_name="clashes", to="articles.draft"
                ),
            ),
            (
                "other",
                models.ForeignKey(
                    help_text="Who saved theirs.",
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="+",
                    to=settings.AUTH_USER_MODEL,
                ),
            ),
            (
                "person",
                models.ForeignKey(
                    help_text="Whose yours is.",
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="+",
                    to=settings.AUTH_USER_MODEL,
                ),
            ),
            (
                "settled_by",
                models.ForeignKey(
                    blank=True,
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="+",
                    to=settings.AUTH_USER_MODEL,
                ),
            ),
        ],
        options={
            "verbose_name_plural": "clashes",
            "ordering": ["id"],
            "indexes": [
                models.Index(models.F("draft"), condition=models.Q(("choice", "")), name="articles_clash_open")
            ],
            "constraints": [
                models.CheckConstraint(
                    condition=models.Q(
                        models.Q(("choice", ""), ("settled_at__isnull", True), ("settled_by__isnull", True)),
                        models.Q(
                            models.Q(("choice", ""), _negated=True),
                            ("settled_at__isnull", False),
                            ("settled_by__isnull", False),
                        ),
                        _connector="OR",
                    ),
                    name="articles_clash_settled_whole",
                )
            ],
        },
    ),
    CreateModel(
        name="Schedule",
        fields=[
            ID,
            ("move", models.CharField(choices=[("publish", "Publish"), ("withdraw", "Withdraw")], max_length=10)),
            ("due_at", models.DateTimeField(help_text="The minute that was asked for.")),
            (
                "kind",
                models.CharField(
                    blank=True,
                    choices=[
                        ("minor", "Minor change"),
                        ("update", "Update"),
                        ("clarification", "Clarification"),
                        ("correction", "Correction"),
                    ],
                    max_length=15,
                ),
            ),
            ("line", models.CharField(blank=True, max_length=300, verbose_name="public line")),
            ("made_at", models.DateTimeField()),
            (
                "state",
                models.CharField(
                    choices=[
                        ("waiting", "Waiting"),
                        ("done", "Done"),
                        ("stopped", "Stopped"),
                        ("cancelled", "Cancelled"),
                    ],
                    default="waiting",
                    max_length=10,
                ),
            ),
            ("ended_at", models.DateTimeField(blank=True, null=True)),
            ("attempts", models.PositiveIntegerField(default=0)),
            ("next_at", models.DateTimeField(help_text="Not tried before: the due minute, later after a failure.")),
            ("trouble", models.TextField(blank=True, help_text="Why the last try failed, or why it was stopped.")),
            (
                "after",
                models.OneToOneField(
                    blank=True,
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="withdrawal",
                    to="articles.schedule",
                ),
            ),
            (
                "approved_by",
                models.ForeignKey(
                    blank=True,
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="+",
                    to=settings.AUTH_USER_MODEL,
                ),
            ),
            (
                "draft",
                models.ForeignKey(
                    blank=True,
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="schedules",
                    to="articles.draft",
                ),
            ),
            (
                "person",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                ),
            ),
            (
                "revision",
                models.ForeignKey(
                    blank=True,
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="schedules",
                    to="articles.revision",
                ),
            ),
            (
                "story",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="schedules", to="articles.story"
                ),
            ),
            ("complaints", models.JSONField(blank=True, default=list, help_text="Of a correction: the ids to tie.")),
            (
                "prominence",
                models.CharField(
                    blank=True, choices=[("top", "Above the text"), ("foot", "At the foot of the story")], max_length=4
                ),
            ),
        ],
        options={
            "ordering": ["due_at", "id"],
            "indexes": [
                models.Index(
                    models.F("next_at"),
                    models.F("id"),
                    condition=models.Q(("state", "waiting")),
                    name="articles_schedule_waiting",
                )
            ],
            "constraints": [
                models.CheckConstraint(
                    condition=models.Q(
                        models.Q(
                            ("approved_by__isnull", False),
                            ("draft__isnull", False),
                            ("move", "publish"),
                            ("revision__isnull", False),
                        ),
                        models.Q(("draft__isnull", True), ("move", "withdraw"), ("revision__isnull", True)),
                        _connector="OR",
                    ),
                    name="articles_schedule_publication_named",
                ),
                models.CheckConstraint(
                    condition=models.Q(
                        models.Q(("ended_at__isnull", True), ("state", "waiting")),
                        models.Q(models.Q(("state", "waiting"), _negated=True), ("ended_at__isnull", False)),
                        _connector="OR",
                    ),
                    name="articles_schedule_ended",
                ),
                models.CheckConstraint(
                    condition=models.Q(("next_at__gte", models.F("due_at"))), name="articles_schedule_not_early"
                ),
                models.UniqueConstraint(
                    models.F("draft"),
                    condition=models.Q(("move", "publish"), ("state", "waiting")),
                    name="articles_schedule_one_publication",
                ),
                models.UniqueConstraint(
                    models.F("story"),
                    condition=models.Q(("move", "withdraw"), ("state", "waiting")),
                    name="articles_schedule_one_withdrawal",
                ),
            ],
        },
    ),
    CreateModel(
        name="Receipt",
        fields=[
            ID,
            ("exit", models.CharField(max_length=40)),
            ("asked_at", models.DateTimeField()),
            ("acknowledged_at", models.DateTimeField(blank=True, null=True)),
            ("found", models.TextField(blank=True, help_text="What the exit found and did.")),
            (
                "log",
                models.ForeignKey(
                    help_text="The move that took it away.",
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="receipts",
                    to="articles.movelog",
                ),
            ),
            (
                "story",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="receipts", to="articles.story"
                ),
            ),
        ],
        options={
            "ordering": ["id"],
            "constraints": [models.UniqueConstraint(models.F("log"), models.F("exit"), name="articles_receipt_once")],
        },
    ),
    CreateModel(
        name="Complaint",
        fields=[
            ID,
            ("page", models.CharField(blank=True, help_text="Where, as the reader put it.", max_length=500)),
            ("wrong", models.TextField()),
            ("quoted", models.TextField(blank=True, help_text="The words that are meant.")),
            (
                "contact",
                models.CharField(blank=True, help_text="An address for the answer; erased in time.", max_length=254),
            ),
            ("contact_erased_at", models.DateTimeField(blank=True, null=True)),
            ("received_at", models.DateTimeField()),
            ("due_at", models.DateTimeField(help_text="By when it is to be decided.")),
            (
                "set_aside",
                models.BooleanField(
                    default=False,
                    help_text="It came as a robot's would, or among too many. Nobody was told; a person may bring it in.",
                ),
            ),
            (
                "state",
                models.CharField(
                    choices=[
                        ("new", "New"),
                        ("looking", "Looking into it"),
                        ("upheld", "Upheld"),
                        ("not_upheld", "Not upheld"),
                        ("resolved", "Resolved"),
                    ],
                    default="new",
                    max_length=10,
                ),
            ),
            ("outcome", models.TextField(blank=True)),
            ("decided_at", models.DateTimeField(blank=True, null=True)),
            (
                "version",
                models.PositiveIntegerField(default=1, help_text="Rises with every change; compared before each."),
            ),
            (
                "decided_by",
                models.ForeignKey(
                    blank=True,
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="+",
                    to=settings.AUTH_USER_MODEL,
                ),
            ),
            (
                "owner",
                models.ForeignKey(
                    blank=True,
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="complaints",
                    to=settings.AUTH_USER_MODEL,
                ),
            ),
            (
                "revision",
                models.ForeignKey(
                    blank=True,
                    help_text="What readers saw when it came.",
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="+",
                    to="articles.revision",
                ),
            ),
            (
                "story",
                models.ForeignKey(
                    blank=True,
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="complaints",
                    to="articles.story",
                ),
            ),
            (
                "update",
                models.ForeignKey(
                    blank=True,
                    help_text="The correction that followed.",
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="complaints",
                    to="articles.update",
                ),
            ),
        ],
        options={
            "indexes": [
                models.Index(
                    models.F("due_at"),
                    models.F("id"),
                    condition=models.Q(("decided_at__isnull", True), ("set_aside", False)),
                    name="articles_complaint_open",
                ),
                models.Index(
                    models.OrderBy(models.F("decided_at"), descending=True),
                    models.F("id"),
                    condition=models.Q(("decided_at__isnull", False)),
                    name="articles_complaint_done",
                ),
                models.Index(
                    models.F("received_at"),
                    condition=models.Q(("contact", ""), _negated=True),
                    name="articles_complaint_contact",
                ),
            ],
            "constraints": [
                models.CheckConstraint(
                    condition=models.Q(
                        models.Q(
                            ("decided_at__isnull", False),
                            ("decided_by__isnull", False),
                            ("state__in", ["upheld", "not_upheld", "resolved"]),
                            models.Q(("outcome", ""), _negated=True),
                        ),
                        models.Q(
                            ("decided_at__isnull", True),
                            ("decided_by__isnull", True),
                            ("state__in", ["new", "looking"]),
                        ),
                        _connector="OR",
                    ),
                    name="articles_complaint_decided",
                ),
                models.CheckConstraint(
                    condition=models.Q(("contact_erased_at__isnull", True), ("contact", ""), _connector="OR"),
                    name="articles_complaint_erased",
                ),
                models.CheckConstraint(
                    condition=models.Q(("wrong", ""), _negated=True), name="articles_complaint_says"
                ),
            ],
        },
    ),
    CreateModel(
        name="ComplaintEntry",
        fields=[
            ID,
            ("act", models.CharField(max_length=40)),
            ("words", models.TextField(blank=True)),
            ("at", models.DateTimeField()),
            (
                "complaint",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="entries", to="articles.complaint"
                ),
            ),
            (
                "person",
                models.ForeignKey(
                    blank=True,
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="+",
                    to=settings.AUTH_USER_MODEL,
                ),
            ),
        ],
        options={
            "ordering": ["-id"],
        },
    ),
    CreateModel(
        name="Identity",
        fields=[
            ID,
            ("sealed", models.BinaryField()),
            ("version", models.PositiveIntegerField(default=1)),
            (
                "source",
                models.OneToOneField(
                    on_delete=django.db.models.deletion.PROTECT, related_name="identity", to="articles.source"
                ),
            ),
        ],
        options={
            "verbose_name_plural": "identities",
        },
    ),
    CreateModel(
        name="IdentityEntry",
        fields=[
            ID,
            (
                "act",
                models.CharField(
                    choices=[
                        ("kept", "kept it"),
                        ("changed", "changed it"),
                        ("read", "read it"),
                        ("named", "let in"),
                        ("ended", "took off"),
                        ("forgotten", "had it forgotten"),
                    ],
                    max_length=10,
                ),
            ),
            ("reason", models.CharField(blank=True, max_length=300)),
            ("at", models.DateTimeField()),
            (
                "person",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                ),
            ),
            (
                "source",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="identity_entries", to="articles.source"
                ),
            ),
            (
                "whom",
                models.ForeignKey(
                    blank=True,
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="+",
                    to=settings.AUTH_USER_MODEL,
                ),
            ),
        ],
        options={
            "verbose_name_plural": "identity entries",
            "ordering": ["-id"],
            "indexes": [
                models.Index(
                    models.F("source"), models.OrderBy(models.F("id"), descending=True), name="articles_identity_log"
                )
            ],
            "constraints": [
                models.CheckConstraint(
                    condition=models.Q(
                        models.Q(("act", "read"), _negated=True),
                        models.Q(("reason", ""), _negated=True),
                        _connector="OR",
                    ),
                    name="articles_identity_read_for_a_reason",
                ),
                models.CheckConstraint(
                    condition=models.Q(("act__in", ["named", "ended"]), ("whom__isnull", True), _connector="OR"),
                    name="articles_identity_whom",
                ),
            ],
        },
    ),
    CreateModel(
        name="IdentityReader",
        fields=[
            ID,
            ("named_at", models.DateTimeField()),
            (
                "named_by",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                ),
            ),
            (
                "person",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                ),
            ),
            (
                "source",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="identity_readers", to="articles.source"
                ),
            ),
        ],
        options={
            "ordering": ["named_at", "id"],
            "constraints": [
                models.UniqueConstraint(models.F("source"), models.F("person"), name="articles_identity_reader_once")
            ],
        },
    ),
    CreateModel(
        name="Retraction",
        fields=[
            ID,
            ("reason", models.CharField(blank=True, max_length=300)),
            ("link", models.URLField(blank=True, help_text="Where it was retracted.", max_length=500)),
            ("at", models.DateTimeField()),
            (
                "outlet",
                models.ForeignKey(
                    blank=True,
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="retractions",
                    to="articles.outlet",
                ),
            ),
            (
                "person",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                ),
            ),
            ("quotations", models.ManyToManyField(related_name="retractions", to="articles.quotation")),
        ],
        options={
            "ordering": ["-id"],
        },
    ),
    CreateModel(
        name="Offer",
        fields=[
            ID,
            ("link", models.URLField(max_length=1000)),
            ("price", models.DecimalField(blank=True, decimal_places=2, max_digits=9, null=True)),
            (
                "currency",
                models.CharField(
                    choices=[("GBP", "£ pound"), ("USD", "$ US dollar"), ("EUR", "€ euro")], default="USD", max_length=3
                ),
            ),
            (
                "checked_at",
                models.DateTimeField(blank=True, help_text="When the price was last seen at the merchant.", null=True),
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
            (
                "checked_by",
                models.ForeignKey(
                    blank=True,
                    help_text="Nobody: the merchant's page was read by the recheck.",
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="+",
                    to=settings.AUTH_USER_MODEL,
                ),
            ),
            (
                "merchant",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="offers", to="articles.merchant"
                ),
            ),
            (
                "product",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="offers", to="articles.product"
                ),
            ),
            (
                "due_at",
                models.DateTimeField(blank=True, help_text="When the recheck looks next; empty: at once.", null=True),
            ),
            ("held_at", models.DateTimeField(blank=True, null=True)),
            ("held_currency", models.CharField(blank=True, max_length=3)),
            ("held_price", models.DecimalField(blank=True, decimal_places=2, max_digits=9, null=True)),
            ("tries", models.PositiveSmallIntegerField(default=0, help_text="Failed in a row.")),
            ("ended_at", models.DateTimeField(blank=True, null=True)),
            (
                "ended_by",
                models.ForeignKey(
                    blank=True,
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="+",
                    to=settings.AUTH_USER_MODEL,
                ),
            ),
            ("ended_note", models.CharField(blank=True, db_default="", help_text="Why, for the desk.", max_length=300)),
            ("link_since", models.DateTimeField(blank=True, help_text="Since when the link is as it is.", null=True)),
        ],
        options={
            "ordering": ["id"],
            "indexes": [
                models.Index(
                    models.OrderBy(models.F("due_at"), nulls_first=True), models.F("id"), name="articles_offer_due"
                )
            ],
            "constraints": [
                models.UniqueConstraint(models.F("product"), models.F("merchant"), name="articles_offer_once"),
                models.CheckConstraint(
                    condition=models.Q(("price__isnull", True), ("price__gt", 0), _connector="OR"),
                    name="articles_offer_price_positive",
                ),
                models.CheckConstraint(
                    condition=models.Q(("price__isnull", True), ("checked_at__isnull", False), _connector="OR"),
                    name="articles_offer_price_dated",
                ),
                models.CheckConstraint(
                    condition=models.Q(
                        models.Q(("held_at__isnull", True), ("held_currency", ""), ("held_price__isnull", True)),
                        models.Q(
                            ("held_at__isnull", False),
                            ("held_price__isnull", False),
                            models.Q(("held_currency", ""), _negated=True),
                        ),
                        _connector="OR",
                    ),
                    name="articles_offer_held_whole",
                ),
                models.CheckConstraint(
                    condition=models.Q(
                        models.Q(("ended_at__isnull", True), ("ended_by__isnull", True), ("ended_note", "")),
                        models.Q(
                            ("ended_at__isnull", False), ("ended_by__isnull", False), ("held_price__isnull", True)
                        ),
                        _connector="OR",
                    ),
                    name="articles_offer_ended_whole",
                ),
            ],
        },
    ),
    CreateModel(
        name="OfferPrice",
        fields=[
            ID,
            ("price", models.DecimalField(decimal_places=2, max_digits=9)),
            ("currency", models.CharField(max_length=3)),
            ("at", models.DateTimeField()),
            (
                "offer",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="prices", to="articles.offer"
                ),
            ),
            (
                "person",
                models.ForeignKey(
                    blank=True,
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="+",
                    to=settings.AUTH_USER_MODEL,
                ),
            ),
        ],
        options={
            "ordering": ["-at", "-id"],
        },
    ),
    CreateModel(
        name="Click",
        fields=[
            ID,
            ("day", models.DateField(help_text="In the publication's time zone.")),
            ("count", models.PositiveIntegerField(default=0)),
            (
                "placement",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="clicks", to="articles.productplacement"
                ),
            ),
            (
                "story",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="clicks", to="articles.story"
                ),
            ),
        ],
        options={
            "indexes": [models.Index(models.F("day"), name="articles_click_day")],
            "constraints": [
                models.UniqueConstraint(
                    models.F("placement"), models.F("story"), models.F("day"), name="articles_click_once"
                )
            ],
        },
    ),
    CreateModel(
        name="LivePen",
        fields=[
            ID,
            ("given_at", models.DateTimeField()),
            ("until", models.DateTimeField()),
            ("taken_back_at", models.DateTimeField(blank=True, null=True)),
            (
                "given_by",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                ),
            ),
            (
                "person",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="live_pens", to=settings.AUTH_USER_MODEL
                ),
            ),
            (
                "story",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="pens", to="articles.story"
                ),
            ),
            (
                "taken_back_by",
                models.ForeignKey(
                    blank=True,
                    help_text="Nobody: it ended with the live story's time.",
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="+",
                    to=settings.AUTH_USER_MODEL,
                ),
            ),
        ],
        options={
            "ordering": ["-given_at", "-id"],
            "constraints": [
                models.UniqueConstraint(
                    models.F("story"),
                    models.F("person"),
                    condition=models.Q(("taken_back_at__isnull", True)),
                    name="articles_livepen_one_open",
                ),
                models.CheckConstraint(
                    condition=models.Q(("until__gt", models.F("given_at"))), name="articles_livepen_later"
                ),
                models.CheckConstraint(
                    condition=models.Q(
                        ("taken_back_by__isnull", True), ("taken_back_at__isnull", False), _connector="OR"
                    ),
                    name="articles_livepen_taken_whole",
                ),
            ],
        },
    ),
    CreateModel(
        name="LivePost",
        fields=[
            ID,
            ("words", models.TextField()),
            ("paragraphs", models.JSONField(help_text="The keys of its paragraphs in the text.")),
            ("at", models.DateTimeField()),
            (
                "token",
                models.UUIDField(help_text="Of the form that sent it: sent twice, it is posted once.", unique=True),
            ),
            (
                "log",
                models.OneToOneField(
                    on_delete=django.db.models.deletion.PROTECT, related_name="post", to="articles.movelog"
                ),
            ),
            (
                "pen",
                models.ForeignKey(
                    blank=True,
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="posts",
                    to="articles.livepen",
                ),
            ),
            (
                "person",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                ),
            ),
            (
                "story",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="posts", to="articles.story"
                ),
            ),
            (
                "update",
                models.OneToOneField(
                    on_delete=django.db.models.deletion.PROTECT, related_name="post", to="articles.update"
                ),
            ),
        ],
        options={
            "ordering": ["-id"],
            "indexes": [
                models.Index(
                    models.F("story"), models.OrderBy(models.F("id"), descending=True), name="articles_livepost_newest"
                )
            ],
        },
    ),
    CreateModel(
        name="CorrectedPlace",
        fields=[
            ID,
            ("place", models.CharField(help_text="A field's name, or a paragraph's key.", max_length=40)),
            (
                "position",
                models.PositiveSmallIntegerField(help_text="Which paragraph of the text it was, from 1; 0: a field."),
            ),
            ("before", models.TextField(blank=True)),
            ("after", models.TextField(blank=True)),
            (
                "since",
                models.DateTimeField(blank=True, help_text="When readers first saw the words before.", null=True),
            ),
            ("until", models.DateTimeField(help_text="When they were put right.")),
            (
                "correction",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="places", to="articles.correction"
                ),
            ),
        ],
        options={
            "ordering": ["id"],
            "constraints": [
                models.CheckConstraint(
                    condition=models.Q(
                        models.Q(("before", ""), ("since__isnull", True)),
                        models.Q(models.Q(("before", ""), _negated=True), ("since__lte", models.F("until"))),
                        _connector="OR",
                    ),
                    name="articles_correctedplace_stood",
                )
            ],
        },
    ),
    CreateModel(
        name="Correction",
        fields=[
            ID,
            (
                "prominence",
                models.CharField(
                    choices=[("top", "Above the text"), ("foot", "At the foot of the story")], max_length=4
                ),
            ),
            (
                "suggested",
                models.CharField(
                    choices=[("top", "Above the text"), ("foot", "At the foot of the story")], max_length=4
                ),
            ),
            (
                "complaints",
                models.ManyToManyField(
                    blank=True,
                    help_text="Tied when it was published.",
                    related_name="corrections",
                    to="articles.complaint",
                ),
            ),
            (
                "update",
                models.OneToOneField(
                    on_delete=django.db.models.deletion.PROTECT, related_name="record", to="articles.update"
                ),
            ),
        ],
    ),
    CreateModel(
        name="SearchEntry",
        fields=[
            ID,
            (
                "kind",
                models.CharField(
                    choices=[("story", "Story"), ("source", "Source"), ("product", "Product")], max_length=10
                ),
            ),
            ("thing", models.BigIntegerField(help_text="The story's, source's or product's number.")),
            ("touched_at", models.DateTimeField()),
            ("title", models.TextField(blank=True)),
            ("words", models.TextField(blank=True)),
            ("vector", django.contrib.postgres.search.SearchVectorField()),
        ],
        options={
            "verbose_name_plural": "search entries",
            "indexes": [
                django.contrib.postgres.indexes.GinIndex(fields=["vector"], name="articles_search_words"),
                models.Index(
                    models.F("kind"),
                    models.OrderBy(models.F("touched_at"), descending=True),
                    models.OrderBy(models.F("thing"), descending=True),
                    name="articles_search_newest",
                ),
            ],
            "constraints": [models.UniqueConstraint(models.F("kind"), models.F("thing"), name="articles_search_once")],
        },
    ),
    CreateModel(
        name="SeenPage",
        fields=[
            ID,
            (
                "digest",
                models.CharField(
                    help_text="SHA-256 of the HTML as served, lower-case hex.", max_length=64, unique=True
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
    CreateModel(
        name="Sighting",
        fields=[
            ID,
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
    CreateModel(
        name="CheckWaiver",
        fields=[
            ID,
            ("check_name", models.CharField(max_length=40, verbose_name="check")),
            ("about", models.CharField(help_text="What exactly: the link’s address, the words.", max_length=500)),
            ("message", models.TextField(help_text="What the check said.")),
            ("reason", models.CharField(max_length=300)),
            ("at", models.DateTimeField()),
            (
                "person",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                ),
            ),
            (
                "revision",
                models.ForeignKey(
                    help_text="What the editor had before them.",
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="+",
                    to="articles.revision",
                ),
            ),
            (
                "story",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="check_waivers", to="articles.story"
                ),
            ),
        ],
        options={
            "ordering": ["-id"],
            "constraints": [
                models.UniqueConstraint(
                    models.F("story"), models.F("check_name"), models.F("about"), name="articles_check_waiver_once"
                ),
                models.CheckConstraint(
                    condition=models.Q(
                        models.Q(("reason", ""), _negated=True),
                        models.Q(("about", ""), _negated=True),
                        models.Q(("check_name", ""), _negated=True),
                    ),
                    name="articles_check_waiver_whole",
                ),
            ],
        },
    ),
    CreateModel(
        name="NoteWording",
        fields=[
            ID,
            ("words", models.TextField()),
            ("until", models.DateTimeField()),
            (
                "entry",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="wordings", to="articles.noteentry"
                ),
            ),
        ],
        options={
            "ordering": ["id"],
        },
    ),
]


class Migration(migrations.Migration):
    replaces = [
        ("articles", "0001_initial"),
        ("articles", "0002_guards"),
        ("articles", "0003_gates"),
        ("articles", "0004_notes"),
        ("articles", "0005_writing_together"),
        ("articles", "0006_product_placements"),
        ("articles", "0007_schedule"),
        ("articles", "0008_receipts"),
        ("articles", "0009_complaints"),
        ("articles", "0010_identities"),
        ("articles", "0011_retractions"),
        ("articles", "0012_products"),
        ("articles", "0013_clicks"),
        ("articles", "0014_recheck"),
        ("articles", "0015_barred"),
        ("articles", "0016_live"),
        ("articles", "0017_corrections"),
        ("articles", "0018_board_changes"),
        ("articles", "0019_search"),
        ("articles", "0020_seen_pages"),
        ("articles", "0021_record"),
        ("articles", "0022_social_fields"),
        ("articles", "0023_check_waivers"),
        ("articles", "0024_offers_end"),
        ("articles", "0025_note_wordings"),
        ("articles", "0026_seen_retention"),
        ("articles", "0027_quotation_addresses"),
    ]

    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("media_assets", "0002_placements_are_fixed"),
    ]

    operations = [
        CreateModels(MODELS),
        migrations.RunSQL(GUARDS, GUARDS_BACK),
        append_only("articles_complaintentry"),
        append_only("articles_identityentry"),
        append_only("articles_retraction"),
        append_only("articles_offerprice"),
        append_only("articles_checkwaiver"),
        migrations.RunSQL(SEARCH, SEARCH_BACK),
    ]
