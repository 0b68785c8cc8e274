"""The tables as the first four migrations left them, made at once. A database that has those has this one."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models
from django.db.migrations import CreateModel

from newsroom.audit.append_only import append_only
from newsroom.migrating import CreateModels

# A purpose's address stands in letters and receipts lead there: with its first wording it is fixed, whoever asks.
FIX = """
CREATE FUNCTION newsletters_purpose_address() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM newsletters_wording WHERE purpose_id = OLD.id) THEN
        RAISE EXCEPTION 'The address of a purpose with a wording never changes.'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER newsletters_purpose_address BEFORE UPDATE ON newsletters_purpose
    FOR EACH ROW WHEN (OLD.slug IS DISTINCT FROM NEW.slug) EXECUTE FUNCTION newsletters_purpose_address();
"""
LOOSEN = """
DROP TRIGGER newsletters_purpose_address ON newsletters_purpose;
DROP FUNCTION newsletters_purpose_address();
"""

ID = ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"))

MODELS = [
    CreateModel(
        name="Newsletter",
        fields=[
            ID,
            ("name", models.CharField(max_length=80, unique=True)),
            ("slug", models.SlugField(max_length=60, unique=True)),
            (
                "promise",
                models.CharField(help_text="What it brings, in one sentence that readers see.", max_length=240),
            ),
            (
                "rhythm",
                models.CharField(
                    blank=True, help_text="How often it comes, for example Every Friday morning.", max_length=80
                ),
            ),
            ("sender_name", models.CharField(help_text="The name in the From line.", max_length=80)),
            ("open", models.BooleanField(default=True, help_text="Whether readers can sign up now.")),
            (
                "boxes",
                models.ManyToManyField(
                    related_name="offered_by", through="newsletters.NewsletterPurpose", to="newsletters.purpose"
                ),
            ),
            (
                "purpose",
                models.OneToOneField(
                    on_delete=django.db.models.deletion.PROTECT, related_name="newsletter", to="newsletters.purpose"
                ),
            ),
        ],
        options={
            "ordering": ["name"],
        },
    ),
    CreateModel(
        name="Purpose",
        fields=[
            ID,
            ("slug", models.SlugField(max_length=60, unique=True)),
            ("name", models.CharField(help_text="What the desk calls it. Readers see the wording.", max_length=120)),
            ("is_newsletter", models.BooleanField(default=False)),
        ],
        options={
            "ordering": ["-is_newsletter", "name"],
        },
    ),
    CreateModel(
        name="Subscriber",
        fields=[
            ID,
            ("address", models.CharField(help_text="As the person typed it.", max_length=254)),
            (
                "normalised",
                models.CharField(help_text="In lower case, the domain in ASCII.", max_length=254, unique=True),
            ),
            ("confirmed_at", models.DateTimeField(blank=True, null=True)),
            ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
        ],
        options={
            "ordering": ["id"],
        },
    ),
    CreateModel(
        name="Issue",
        fields=[
            ID,
            ("subject", models.CharField(blank=True, max_length=150)),
            (
                "preview_text",
                models.CharField(
                    blank=True, help_text="The line that mail apps show beside the subject.", max_length=150
                ),
            ),
            ("intro", models.TextField(blank=True, max_length=2000)),
            (
                "state",
                models.CharField(
                    choices=[("composing", "Composing"), ("sending", "Sending"), ("held", "Held"), ("sent", "Sent")],
                    default="composing",
                    max_length=10,
                ),
            ),
            ("version", models.PositiveIntegerField(default=1)),
            ("made_at", models.DateTimeField(default=django.utils.timezone.now)),
            ("changed_at", models.DateTimeField(default=django.utils.timezone.now)),
            ("frozen_html", models.TextField(blank=True)),
            ("frozen_text", models.TextField(blank=True)),
            ("frozen_subject", models.CharField(blank=True, max_length=150)),
            ("frozen_at", models.DateTimeField(blank=True, null=True)),
            ("started_at", models.DateTimeField(blank=True, null=True)),
            (
                "planned_up_to",
                models.BigIntegerField(default=0, help_text="The last subscriber for whom a delivery was planned."),
            ),
            (
                "planned_at",
                models.DateTimeField(blank=True, help_text="When the last delivery had been planned.", null=True),
            ),
            ("finished_at", models.DateTimeField(blank=True, null=True)),
            ("held_why", models.CharField(blank=True, max_length=600)),
            (
                "made_by",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                ),
            ),
            (
                "sent_by",
                models.ForeignKey(
                    blank=True,
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="+",
                    to=settings.AUTH_USER_MODEL,
                ),
            ),
            (
                "stories",
                models.ManyToManyField(related_name="issues", through="newsletters.IssueStory", to="articles.story"),
            ),
            (
                "newsletter",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="issues", to="newsletters.newsletter"
                ),
            ),
            ("next_try_at", models.DateTimeField(blank=True, null=True)),
            ("stalled_since", models.DateTimeField(blank=True, null=True)),
            ("stalled_why", models.CharField(blank=True, help_text="What the mail server last said.", max_length=300)),
        ],
        options={
            "ordering": ["-id"],
            "indexes": [
                models.Index(condition=models.Q(("state", "sending")), fields=["id"], name="issues_being_sent")
            ],
        },
    ),
    CreateModel(
        name="IssueStory",
        fields=[
            ID,
            ("position", models.PositiveSmallIntegerField()),
            (
                "shape",
                models.CharField(choices=[("card", "Card"), ("whole", "Whole story")], default="card", max_length=5),
            ),
            (
                "frozen_revision",
                models.ForeignKey(
                    blank=True,
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="+",
                    to="articles.revision",
                ),
            ),
            (
                "issue",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.CASCADE, related_name="places", to="newsletters.issue"
                ),
            ),
            (
                "story",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="places_in_issues", to="articles.story"
                ),
            ),
        ],
        options={
            "ordering": ["position", "id"],
            "constraints": [models.UniqueConstraint(fields=("issue", "story"), name="a_story_once_per_issue")],
        },
    ),
    CreateModel(
        name="BoxPlacement",
        fields=[
            ID,
            (
                "line",
                models.CharField(
                    blank=True, help_text="Said here instead of the newsletter's promise.", max_length=240
                ),
            ),
            ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
            (
                "created_by",
                models.ForeignKey(
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="+",
                    to=settings.AUTH_USER_MODEL,
                ),
            ),
            (
                "newsletter",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="placements", to="newsletters.newsletter"
                ),
            ),
        ],
    ),
    CreateModel(
        name="NewsletterPurpose",
        fields=[
            ID,
            ("position", models.PositiveSmallIntegerField(default=0)),
            (
                "newsletter",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.CASCADE, related_name="offers", to="newsletters.newsletter"
                ),
            ),
            (
                "purpose",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="offers", to="newsletters.purpose"
                ),
            ),
        ],
        options={
            "ordering": ["position", "id"],
            "constraints": [models.UniqueConstraint(fields=("newsletter", "purpose"), name="one_box_per_purpose")],
        },
    ),
    CreateModel(
        name="SignUp",
        fields=[
            ID,
            ("address", models.CharField(max_length=254)),
            ("normalised", models.CharField(db_index=True, max_length=254)),
            ("page_path", models.CharField(blank=True, max_length=500)),
            ("form", models.CharField(max_length=60)),
            ("requested_at", models.DateTimeField()),
            ("confirmed_at", models.DateTimeField(blank=True, null=True)),
            (
                "newsletter",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="sign_ups", to="newsletters.newsletter"
                ),
            ),
            (
                "placement",
                models.ForeignKey(
                    blank=True,
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="sign_ups",
                    to="newsletters.boxplacement",
                ),
            ),
            (
                "ticks",
                models.ManyToManyField(related_name="+", through="newsletters.SignUpTick", to="newsletters.wording"),
            ),
            (
                "wording",
                models.ForeignKey(
                    help_text="Of the newsletter itself.",
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="+",
                    to="newsletters.wording",
                ),
            ),
        ],
        options={
            "ordering": ["id"],
        },
    ),
    CreateModel(
        name="Delivery",
        fields=[
            ID,
            (
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
            ("why", models.CharField(blank=True, max_length=300)),
            ("attempts", models.PositiveSmallIntegerField(default=0)),
            (
                "not_before",
                models.DateTimeField(
                    default=django.utils.timezone.now, help_text="After a refusal for now: when to try again."
                ),
            ),
            (
                "claim",
                models.UUIDField(blank=True, help_text="Whose it is; an older claim can no longer write.", null=True),
            ),
            ("claimed_at", models.DateTimeField(blank=True, null=True)),
            ("lease_until", models.DateTimeField(blank=True, null=True)),
            ("sent_at", models.DateTimeField(blank=True, null=True)),
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
                "issue",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="deliveries", to="newsletters.issue"
                ),
            ),
            (
                "subscriber",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="deliveries", to="newsletters.subscriber"
                ),
            ),
        ],
        options={
            "indexes": [
                models.Index(
                    condition=models.Q(("state__in", ["planned", "claimed", "handing_over"])),
                    fields=["issue", "id"],
                    name="deliveries_still_to_make",
                ),
                models.Index(fields=["issue", "state"], name="deliveries_by_state"),
            ],
            "constraints": [
                models.UniqueConstraint(fields=("issue", "subscriber"), name="one_delivery_per_subscriber")
            ],
        },
    ),
    CreateModel(
        name="Subscription",
        fields=[
            ID,
            (
                "state",
                models.CharField(choices=[("active", "subscribed"), ("left", "left")], default="active", max_length=8),
            ),
            ("confirmed_at", models.DateTimeField()),
            ("left_at", models.DateTimeField(blank=True, null=True)),
            ("left_by", models.CharField(blank=True, help_text="One-click, or the button on the page.", max_length=60)),
            (
                "left_issue",
                models.ForeignKey(
                    blank=True,
                    null=True,
                    on_delete=django.db.models.deletion.SET_NULL,
                    related_name="leavers",
                    to="newsletters.issue",
                ),
            ),
            (
                "newsletter",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="subscriptions",
                    to="newsletters.newsletter",
                ),
            ),
            (
                "subscriber",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="subscriptions",
                    to="newsletters.subscriber",
                ),
            ),
        ],
        options={
            "constraints": [models.UniqueConstraint(fields=("newsletter", "subscriber"), name="once_on_each_list")],
        },
    ),
    CreateModel(
        name="Token",
        fields=[
            ID,
            ("hash", models.CharField(max_length=64, unique=True)),
            ("purpose", models.CharField(choices=[("confirm", "confirm a sign-up")], max_length=12)),
            ("made_at", models.DateTimeField()),
            ("expires_at", models.DateTimeField()),
            ("used_at", models.DateTimeField(blank=True, null=True)),
            (
                "sign_up",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.CASCADE, related_name="tokens", to="newsletters.signup"
                ),
            ),
        ],
    ),
    CreateModel(
        name="Wording",
        fields=[
            ID,
            ("version", models.PositiveIntegerField()),
            ("text", models.CharField(max_length=300)),
            (
                "companies",
                models.JSONField(
                    blank=True,
                    default=list,
                    help_text='The named companies, each {"name": ..., "address": ...}; a kind of company is not specific enough.',
                ),
            ),
            ("list_date", models.DateField(help_text="The date that readers see beside the list of companies.")),
            ("made_at", models.DateTimeField(default=django.utils.timezone.now)),
            (
                "made_by",
                models.ForeignKey(
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="+",
                    to=settings.AUTH_USER_MODEL,
                ),
            ),
            (
                "purpose",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="wordings", to="newsletters.purpose"
                ),
            ),
        ],
        options={
            "ordering": ["purpose", "-version"],
            "constraints": [models.UniqueConstraint(fields=("purpose", "version"), name="one_wording_per_version")],
        },
    ),
    CreateModel(
        name="SignUpTick",
        fields=[
            ID,
            ("sign_up", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="newsletters.signup")),
            ("wording", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="newsletters.wording")),
        ],
        options={
            "constraints": [models.UniqueConstraint(fields=("sign_up", "wording"), name="one_tick_per_box")],
        },
    ),
    CreateModel(
        name="ConsentReceipt",
        fields=[
            ID,
            ("act", models.CharField(choices=[("grant", "granted"), ("withdraw", "withdrawn")], max_length=8)),
            ("at", models.DateTimeField(help_text="When it took effect: a grant when the address was confirmed.")),
            ("asked_at", models.DateTimeField(help_text="When the box was ticked or the withdrawal asked for.")),
            (
                "page_path",
                models.CharField(
                    blank=True, help_text="The page on which the person read the wording.", max_length=500
                ),
            ),
            ("form", models.CharField(help_text="Which form on that page, for example story-box:12.", max_length=60)),
            ("how", models.CharField(help_text="By what act, for example confirmed by button.", max_length=60)),
            (
                "purpose",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="receipts", to="newsletters.purpose"
                ),
            ),
            (
                "subscriber",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="receipts", to="newsletters.subscriber"
                ),
            ),
            (
                "wording",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="receipts", to="newsletters.wording"
                ),
            ),
        ],
        options={
            "ordering": ["id"],
            "indexes": [models.Index(fields=["purpose", "subscriber", "-id"], name="consent_as_it_stands")],
        },
    ),
    CreateModel(
        name="ShownStory",
        fields=[
            ID,
            (
                "issue",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.CASCADE, related_name="shown", to="newsletters.issue"
                ),
            ),
            (
                "story",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="shown_in_issues", to="articles.story"
                ),
            ),
        ],
        options={
            "ordering": ["id"],
            "constraints": [models.UniqueConstraint(fields=("issue", "story"), name="a_story_shown_once_per_issue")],
        },
    ),
]


class Migration(migrations.Migration):
    replaces = [
        ("newsletters", "0001_initial"),
        ("newsletters", "0002_guards"),
        ("newsletters", "0003_shown_stories"),
        ("newsletters", "0004_purpose_address"),
    ]

    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("articles", "0002_guards"),
    ]

    operations = [
        CreateModels(MODELS),
        append_only("newsletters_consentreceipt"),
        append_only("newsletters_wording"),
        append_only("newsletters_boxplacement"),
        migrations.RunSQL(FIX, LOOSEN),
    ]
