"""Marketing composes an issue and sends it; the reader gets the letter and leaves with one click."""

from __future__ import annotations

import html
import re

from django.urls import reverse

from articles import products
from articles.models import Story
from newsletters.models import Newsletter, Subscription
from newsroom.demo import content, forms, inbox
from newsroom.demo.visitor import Visitor

from .job import Job, StepFailed, need, visible, wait_for
from .signing_up import subscription_of


def compose(job: Job) -> str:
    marketing = job.person("marketing")
    letter = Newsletter.objects.get(slug=content.NEWSLETTER["slug"])
    answer = marketing.post(reverse("newsletters-desk:issue-new", kwargs={"pk": letter.pk}))
    made = re.search(r"/issues/(\d+)/", answer.url)
    if made is None:
        raise StepFailed(f"the new issue answered {answer.status}: {visible(answer.text)}")
    job.issue = int(made.group(1))
    stories = [job.told.pk]
    others = Story.objects.published(job.now).exclude(pk=job.told.pk).order_by("-first_published_at")
    stories += others.values_list("pk", flat=True)[:2]
    for pk in stories:
        _change_issue(job, f"pick:{pk}")
    _change_issue(job, f"whole:{job.told.pk}")
    _change_issue(job, "save")
    page = marketing.get(reverse("newsletters-desk:issue-send", kwargs={"pk": job.issue}))
    need(content.SUBJECT in html.unescape(page.text), "the issue has lost its subject")
    return f"issue {job.issue}: {len(stories)} stories, “{content.SUBJECT}”"


def _change_issue(job: Job, do: str) -> None:
    marketing, address = job.person("marketing"), reverse("newsletters-desk:issue", kwargs={"pk": job.issue})
    form = forms.one(marketing.get(address).text, action=address)
    words = {"subject": content.SUBJECT, "preview_text": content.PREVIEW, "intro": content.INTRO}
    answer = marketing.post(address, form.with_(words | {"do": do}))
    need(answer.status == 200, f"composing answered {answer.status}: {visible(answer.text)}")


def send(job: Job) -> str:
    marketing = job.person("marketing")
    address = reverse("newsletters-desk:issue-send", kwargs={"pk": job.issue})
    page = marketing.get(address).text
    need('name="version"' in page, f"the issue cannot be sent: {visible(page)}")
    answer = marketing.post(address, forms.one(page, having="version").fields)
    need("/results/" in answer.url, f"sending answered {answer.status}: {visible(answer.text)}")
    return "on its way"


def letter(job: Job) -> str:
    found = wait_for(lambda: inbox.newest(to=job.reader_address)[:-1], "the letter")
    need(len(found) == 1, f"{len(found)} letters came, not one")
    mail, text = found[0], html.unescape(found[0].part("html"))
    parts = {
        "the story": content.HEADLINE in text,
        "its credit": f"(Image credit: {content.AGENCY})" in text,
        "its product": content.PRODUCT["title"] in text and content.PRODUCT["blurb"] in text,
        "a paid link": "/go/" in text,
        "disclosure before every paid link": not products.undisclosed(mail.part("html")),
        "one-click leaving": bool(mail.one_click),
        "a postal address": content.PUBLICATION["postal_address"].split(",")[0] in text,
        "a text part": content.HEADLINE in mail.part("plain"),
    }
    missing = [name for name, present in parts.items() if not present]
    need(not missing, f"the letter lacks: {', '.join(missing)}")
    return f"“{mail.subject}”, {len(parts)} parts found"


def leave(job: Job) -> str:
    mail = inbox.newest(to=job.reader_address)[0]
    answer = Visitor(job.origin).post(mail.one_click, {"List-Unsubscribe": "One-Click"})
    need(answer.status == 200 and answer.url == mail.one_click, f"leaving answered {answer.status} at {answer.url}")
    subscription = subscription_of(job)
    need(subscription is not None and subscription.state == Subscription.State.LEFT, "the subscription stands")
    return "200 without a redirect, and off the list"
