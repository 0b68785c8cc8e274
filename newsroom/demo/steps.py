"""The main job, step by step, over HTTP as its people would do it. Each step says what came of it.

A step that an earlier run has done already is seen and kept: a run that was killed goes on where it stood.
"""

from __future__ import annotations

import html
import json
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from django.urls import reverse

from articles.models import Draft, Product, Quotation, Section, Story, Topic
from media_assets.models import Asset
from newsletters.models import Newsletter, Subscription
from newsroom import blocks
from newsroom.accounts.models import Person
from newsroom.demo import content, forms, inbox, seed
from newsroom.demo.visitor import Answer, Visitor

T = TypeVar("T")


class StepFailed(Exception):
    """A step's result is not what it must be; the message says what was found."""


def need(found: object, what: str) -> None:
    """Raise StepFailed with ``what`` unless ``found`` holds."""
    if not found:
        raise StepFailed(what)


def wait_for(ask: Callable[[], T | None], what: str, seconds: float = 45.0) -> T:
    """Ask until the answer is true; raise StepFailed after ``seconds``."""
    deadline = time.monotonic() + seconds
    while not (answer := ask()):
        if time.monotonic() > deadline:
            raise StepFailed(f"{what} did not come within {seconds:.0f} seconds")
        time.sleep(0.1)
    return answer


@dataclass
class Job:
    """The main job of one run.

    Attributes:
        origin: the site's address.
        passwords: role -> password.
        now: the start of the run; makes this run's reader's address its own.
    """

    origin: str
    passwords: dict[str, str]
    now: datetime
    people: dict[str, Visitor] = field(default_factory=dict)
    quotations: dict[str, Quotation] = field(default_factory=dict)

    def steps(self) -> Iterator[tuple[str, Callable[[], str]]]:
        yield "The reporter writes the story", self.write
        yield "The reporter submits it", self.submit
        yield "The reporter’s own approval is refused", self.approve_own
        yield "The editor waives two phrases and declares the story live", self.look_over
        yield "The editor approves it", self.approve
        yield "The editor publishes it", self.publish
        yield "A reader opens the page", self.read
        yield "The feed carries it", self.feed
        yield "The reader signs up, one of two boxes ticked", self.sign_up
        yield "The confirmation arrives in the inbox", self.confirmation
        yield "The reader presses the confirm button", self.confirm
        yield "Marketing composes an issue from the story", self.compose
        yield "Marketing sends it", self.send
        yield "The letter arrives", self.letter
        yield "The reader leaves with one click", self.leave

    # ---- who and what ----

    def person(self, role: str) -> Visitor:
        """Somebody of the cast, signed in."""
        if role not in self.people:
            visitor = Visitor(self.origin)
            email = next(email for of, _, email in content.PEOPLE if of == role)
            visitor.get(reverse("accounts:sign-in"))
            fields = {"email": email, "password": self.passwords[role]}
            answer = visitor.post(reverse("accounts:sign-in"), fields)
            need("/sign-in/" not in answer.url, f"{email} cannot sign in ({answer.status})")
            self.people[role] = visitor
        return self.people[role]

    @property
    def reader_address(self) -> str:
        return f"reader-{self.now:%Y%m%d%H%M%S}@home.example"

    @property
    def story(self) -> Story | None:
        found = Story.objects.filter(drafts__head__headline=content.HEADLINE).order_by("pk")
        return found.select_related("section").first()

    @property
    def told(self) -> Story:
        story = self.story
        if story is None:
            raise StepFailed("the story is not there")
        return story

    @property
    def draft(self) -> Draft:
        return self.told.drafts.select_related("head", "story").order_by("pk").get(kind=Draft.Kind.MAIN)

    def at_story(self, name: str) -> str:
        return reverse(f"articles-desk:{name}", kwargs={"pk": self.told.pk})

    # ---- the desk ----

    def write(self) -> str:
        draft = self.draft if self.story else None
        if draft is None:
            section = Section.objects.get(slug=content.SECTIONS[0][1])
            start = {"headline": content.HEADLINE, "section": str(section.pk)}
            answer = self.person("reporter").post(reverse("articles-desk:story-new"), start)
            need(answer.status == 200, f"the new story answered {answer.status}")
            draft = self.draft
        assert draft.head is not None
        if draft.head.body:
            return f"kept: “{draft.head.headline}”, {blocks.words(draft.head.body)} words"
        reporter = Person.objects.with_email(content.PEOPLE[0][2]).get()
        self.quotations = seed.quotations(reporter, self.now)
        placed = {
            "headline": content.HEADLINE,
            "kicker": content.KICKER,
            "standfirst": content.STANDFIRST,
            "lead_image": str(self.image(content.LEAD)),
            "body": self.body(),
            "draft": str(draft.pk),
            "expected_version": str(draft.version),
        }
        answer = self.person("reporter").post(self.at_story("save"), placed, Accept="application/json")
        need(answer.status == 200, f"saving answered {answer.status}: {answer.text[:200]}")
        self._name_topics()
        return f"{blocks.words(placed['body'])} words, 2 pictures, {len(self.quotations)} quotations tied, product, box"

    def _name_topics(self) -> None:
        story = self.told
        facts = [("section", str(story.section_id)), ("slug", story.slug), ("story_version", str(story.version))]
        facts += [("topics", str(topic.pk)) for topic in Topic.objects.filter(name__in=seed.TOPICS)]
        facts += [("bylines", str(byline.person_id)) for byline in story.bylines.all()]
        answer = self.person("reporter").post(self.at_story("particulars"), facts, Accept="application/json")
        need(answer.status == 200, f"the topics answered {answer.status}: {answer.text[:200]}")

    def body(self) -> str:
        """The body as the editor's screen would send it: text, ties and blocks."""
        parts = []
        for paragraph in content.BODY:
            if found := re.fullmatch(r"\[(\w+)(?::(\w+))?\]", paragraph):
                kind, scene = found.groups()
                number = self.image(scene) if kind == "image" else self.block(kind)
                parts.append(f'<div data-block="{kind}" data-id="{number}"></div>')
                continue
            text = html.escape(paragraph, quote=False)
            for key, entry in self.quotations.items():
                tied = f'<q data-quotation="{entry.pk}">“{html.escape(content.QUOTATIONS[key].words, quote=False)}”</q>'
                text = text.replace("{" + key + "}", tied)
            parts.append(f"<p>{text}</p>")
        return "\n".join(parts)

    def image(self, scene: str) -> int:
        caption, words = content.PICTURES[scene]
        asset = Asset.objects.get(alternative_text=words)
        return self.place("image", choice=str(asset.pk), caption=caption, alternative_text=words)

    def block(self, kind: str) -> int:
        if kind == "product":
            product = Product.objects.get(title=content.PRODUCT["title"])
            return self.place("product", choice=str(product.pk), blurb=content.PRODUCT["blurb"])
        letter = Newsletter.objects.get(slug=content.NEWSLETTER["slug"])
        return self.place("newsletter", choice=str(letter.pk))

    def place(self, kind: str, **fields: str) -> int:
        answer = self.person("reporter").post(
            reverse("articles-desk:block-place"), {"kind": kind, **fields}, Accept="application/json"
        )
        need(answer.status == 200, f"placing the {kind} answered {answer.status}: {answer.text[:200]}")
        return int(str(answer.json()["id"]))

    def move(self, role: str, name: str, *, on: str = "draft", **answers: str) -> Answer:
        version = self.draft.version if on == "draft" else self.told.version
        return self.person(role).post(self.at_story(name), {"expected_version": str(version), **answers})

    def submit(self) -> str:
        if self.draft.standing not in (Draft.Standing.DRAFT, Draft.Standing.CHANGES_REQUESTED):
            return f"kept: {self.draft.get_standing_display().lower()}"
        answer = self.move("reporter", "submit")
        need(self.draft.standing == Draft.Standing.IN_REVIEW, f"submitting answered {answer.status}")
        return "in review"

    def approve_own(self) -> str:
        if self.draft.standing != Draft.Standing.IN_REVIEW:
            return f"kept: {self.draft.get_standing_display().lower()}"
        answer = self.move("reporter", "approve")
        need(answer.status in (403, 422), f"the site answered {answer.status}")
        need(self.draft.standing == Draft.Standing.IN_REVIEW, "the reporter’s approval was taken")
        return f"refused with {answer.status}, still in review"

    def look_over(self) -> str:
        for words, reason in content.WAIVED.items():
            if not self.told.waivers.filter(words=words).exists():
                answer = self.person("editor").post(
                    self.at_story("waive"), {"words": words, "reason": reason}, Accept="application/json"
                )
                need(answer.status == 200, f"waiving answered {answer.status}: {answer.text[:200]}")
        if not self.told.live:
            answer = self.move("editor", "declare-live", on="story")
            need(self.told.live, f"declaring live answered {answer.status}")
        return f"{self.told.waivers.count()} waived with a reason, live"

    def approve(self) -> str:
        if self.draft.standing != Draft.Standing.IN_REVIEW:
            return f"kept: {self.draft.get_standing_display().lower()}"
        answer = self.move("editor", "approve")
        need(
            self.draft.standing == Draft.Standing.APPROVED,
            f"approving answered {answer.status}: {_visible(answer.text)}",
        )
        return f"revision {self.draft.approved_revision.number}"  # type: ignore[union-attr]

    def publish(self) -> str:
        if self.told.is_published:
            return f"kept: {self.told.path}"
        answer = self.move("editor", "publish")
        need(self.told.is_published, f"publishing answered {answer.status}: {_visible(answer.text)}")
        return self.told.path

    # ---- readers ----

    def read(self) -> str:
        path = self.told.path
        page = wait_for(lambda: self.whole_page(path), "the page with its pictures")
        text = html.unescape(page.text)
        parts = {
            "headline": content.HEADLINE in text,
            "standfirst": content.STANDFIRST in text,
            "two credits": text.count(f"(Image credit: {content.AGENCY})") >= 2,
            "quotations": all(entry.words in text for entry in content.QUOTATIONS.values()),
            "product": content.PRODUCT["title"] in text and "£10.85" in text,
            "disclosure before the link": 0 < text.find("Affiliate link") < text.find(content.PRODUCT["merchant_host"]),
            "rel of the product’s link": 'rel="sponsored nofollow noopener"' in page.text,
            "two boxes": content.BRANDS in text and content.PARTNERS in text,
            "boxes unticked": "checked" not in "".join(re.findall(r"<input[^>]*checkbox[^>]*>", page.text)),
            "live notice": "We will continue to update this story." in text,
            "structured data": '"NewsArticle"' in page.text or '"LiveBlogPosting"' in page.text,
            "no cookie": "set-cookie" not in page.headers,
            "strict policy": "default-src 'none'" in page.headers.get("content-security-policy", ""),
        }
        missing = [name for name, found in parts.items() if not found]
        need(not missing, f"the page lacks: {', '.join(missing)}")
        again = Visitor(self.origin).get(path, **{"If-None-Match": page.headers["etag"]})
        need(again.status == 304, f"the second visit was answered {again.status}, not 304")
        return f"{len(parts)} parts found, {len(page.text) // 1024} KB, then 304"

    def whole_page(self, path: str) -> Answer | None:
        """The page, once the pictures have their sizes from the worker; None before."""
        page = Visitor(self.origin).get(path)
        need(page.status == 200, f"the page answered {page.status}")
        return page if page.text.count("srcset") >= 2 and "etag" in page.headers else None

    def feed(self) -> str:
        address = reverse("reader:rss")
        answer = wait_for(lambda: self._feed(address), "the story in the feed")
        need(content.AGENCY in answer.text, "the feed has no credit")
        return address

    def _feed(self, address: str) -> Answer | None:
        answer = Visitor(self.origin).get(address)
        return answer if html.escape(content.HEADLINE) in answer.text or content.HEADLINE in answer.text else None

    def sign_up(self) -> str:
        page = Visitor(self.origin).get(self.told.path)
        form = forms.one(page.text, action="/sign-up/")
        need(len(form.boxes) == 2, f"the form has {len(form.boxes)} boxes")
        need(not any(ticked for *_, ticked in form.boxes), "a box is ticked already")
        name, value, _ = form.boxes[0]
        sent = form.with_({"email": self.reader_address}, tick=(name, value))
        answer = Visitor(self.origin).post(form.action, sent)
        need(answer.status == 200, f"the sign-up answered {answer.status}: {_visible(answer.text)}")
        return f"{self.reader_address}, ticked: {content.BRANDS}"

    def confirmation(self) -> str:
        found = wait_for(lambda: inbox.newest(to=self.reader_address), "the confirmation")
        need(len(found) == 1, f"{len(found)} letters came, not one")
        return f"“{found[0].subject}”"

    def confirm(self) -> str:
        link = self._link(inbox.newest(to=self.reader_address)[-1].part("plain"), "/confirm/")
        visitor = Visitor(self.origin)
        page = visitor.get(link)
        need(self._subscription() is None, "opening the link alone confirmed the address")
        form = forms.one(page.text, action="/confirm/") if "/confirm/" in page.text else forms.read(page.text)[0]
        answer = visitor.post(form.action or link, form.fields)
        need(answer.status == 200, f"confirming answered {answer.status}")
        subscription = self._subscription()
        if subscription is None:
            raise StepFailed("no subscription came of it")
        agreed = sorted(receipt.wording.text for receipt in subscription.subscriber.receipts.select_related("wording"))
        need(content.BRANDS in agreed and content.PARTNERS not in agreed, f"the receipts say: {agreed}")
        return f"{len(agreed)} consent receipts; none for the box left empty"

    def _subscription(self) -> Subscription | None:
        found = Subscription.objects.filter(subscriber__normalised=self.reader_address)
        return found.select_related("subscriber").first()

    @staticmethod
    def _link(text: str, part: str) -> str:
        found = re.search(rf"https?://\S*{part}[^\s>\")]+", text)
        if found is None:
            raise StepFailed(f"the letter has no link with {part}")
        return found.group(0)

    # ---- marketing ----

    def compose(self) -> str:
        marketing = self.person("marketing")
        letter = Newsletter.objects.get(slug=content.NEWSLETTER["slug"])
        answer = marketing.post(reverse("newsletters-desk:issue-new", kwargs={"pk": letter.pk}))
        self.issue = int(re.search(r"/issues/(\d+)/", answer.url).group(1))  # type: ignore[union-attr]
        stories = [self.told.pk]
        others = Story.objects.published(self.now).exclude(pk=self.told.pk).order_by("-first_published_at")
        stories += others.values_list("pk", flat=True)[:2]
        for pk in stories:
            self._change_issue(f"pick:{pk}")
        self._change_issue(f"whole:{self.told.pk}")
        self._change_issue("save")
        page = marketing.get(reverse("newsletters-desk:issue-send", kwargs={"pk": self.issue}))
        need(content.SUBJECT in html.unescape(page.text), "the issue has lost its subject")
        return f"issue {self.issue}: {len(stories)} stories, “{content.SUBJECT}”"

    def _change_issue(self, do: str) -> None:
        marketing, address = self.person("marketing"), reverse("newsletters-desk:issue", kwargs={"pk": self.issue})
        form = forms.one(marketing.get(address).text, action=address)
        words = {"subject": content.SUBJECT, "preview_text": content.PREVIEW, "intro": content.INTRO}
        answer = marketing.post(address, form.with_(words | {"do": do}))
        need(answer.status == 200, f"composing answered {answer.status}: {_visible(answer.text)}")

    def send(self) -> str:
        marketing = self.person("marketing")
        address = reverse("newsletters-desk:issue-send", kwargs={"pk": self.issue})
        page = marketing.get(address).text
        need('name="version"' in page, f"the issue cannot be sent: {_visible(page)}")
        answer = marketing.post(address, forms.one(page, having="version").fields)
        need("/results/" in answer.url, f"sending answered {answer.status}: {_visible(answer.text)}")
        return "on its way"

    def letter(self) -> str:
        found = wait_for(lambda: inbox.newest(to=self.reader_address)[:-1], "the letter")
        need(len(found) == 1, f"{len(found)} letters came, not one")
        mail, text = found[0], html.unescape(found[0].part("html"))
        parts = {
            "the story": content.HEADLINE in text,
            "its credit": f"(Image credit: {content.AGENCY})" in text,
            "its product": content.PRODUCT["title"] in text,
            "disclosure before the link": 0 < text.find("Affiliate link") < text.find(content.PRODUCT["merchant_host"]),
            "one-click leaving": bool(mail.one_click),
            "a postal address": content.PUBLICATION["postal_address"].split(",")[0] in text,
            "a text part": content.HEADLINE in mail.part("plain"),
        }
        missing = [name for name, present in parts.items() if not present]
        need(not missing, f"the letter lacks: {', '.join(missing)}")
        return f"“{mail.subject}”, {len(parts)} parts found"

    def leave(self) -> str:
        mail = inbox.newest(to=self.reader_address)[0]
        answer = Visitor(self.origin).post(mail.one_click, {"List-Unsubscribe": "One-Click"})
        need(answer.status == 200 and answer.url == mail.one_click, f"leaving answered {answer.status} at {answer.url}")
        subscription = self._subscription()
        need(subscription is not None and subscription.state == Subscription.State.LEFT, "the subscription stands")
        return "200 without a redirect, and off the list"


def _visible(page: str) -> str:
    """The words of an answer that should not have come, for the step's message."""
    try:
        return json.dumps(json.loads(page))[:300]
    except ValueError:
        main = re.search(r"<main.*?</main>", page, re.S)
        return " ".join(re.sub(r"<[^>]+>", " ", main.group(0) if main else page).split())[:300]
