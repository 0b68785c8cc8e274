"""The reporter writes: text, pictures, ties to the ledger, product, newsletter box, topics."""

from __future__ import annotations

import html
import re

from django.urls import reverse

from articles.models import Draft, Offer, Quotation, Section, Topic
from media_assets.models import Asset
from newsletters.models import Newsletter
from newsroom import blocks
from newsroom.accounts.models import Person
from newsroom.demo import content, seed

from .job import Job, StepFailed, need


def write(job: Job) -> str:
    draft = job.draft if job.story else _open(job)
    if draft.head is None:
        raise StepFailed("the new draft has no revision")
    kept = bool(draft.head.body)
    if not kept:
        reporter = Person.objects.with_email(content.PEOPLE[0][2]).get()
        quotations = seed.quotations(reporter, job.now)
        _save(job, draft, _body(job, quotations))
    # Asked by themselves: a run that was killed between the two saves has named no topics.
    if draft.standing == Draft.Standing.DRAFT and not job.told.topics.exists():
        _name_topics(job)
    head = job.draft.head
    if head is None:
        raise StepFailed("the saved draft has no revision")
    words = blocks.words(head.body)
    if kept:
        return f"kept: “{head.headline}”, {words} words"
    return f"{words} words, 2 pictures, {len(content.QUOTATIONS)} quotations tied, product, box"


def _open(job: Job) -> Draft:
    section = Section.objects.get(slug=content.SECTIONS[0][1])
    start = {"headline": content.HEADLINE, "section": str(section.pk)}
    answer = job.person("reporter").post(reverse("articles-desk:story-new"), start)
    need(answer.status == 200, f"the new story answered {answer.status}")
    return job.draft


def _save(job: Job, draft: Draft, body: str) -> None:
    written = {
        "headline": content.HEADLINE,
        "kicker": content.KICKER,
        "standfirst": content.STANDFIRST,
        "lead_image": str(_image(job, content.LEAD)),
        "body": body,
        "draft": str(draft.pk),
        "expected_version": str(draft.version),
    }
    answer = job.person("reporter").post(job.at_story("save"), written, Accept="application/json")
    need(answer.status == 200, f"saving answered {answer.status}: {answer.text[:200]}")


def _name_topics(job: Job) -> None:
    story = job.told
    facts = [("section", str(story.section_id)), ("slug", story.slug), ("story_version", str(story.version))]
    facts += [("topics", str(topic.pk)) for topic in Topic.objects.filter(name__in=seed.TOPICS)]
    facts += [("bylines", str(byline.person_id)) for byline in story.bylines.all()]
    answer = job.person("reporter").post(job.at_story("particulars"), facts, Accept="application/json")
    need(answer.status == 200, f"the topics answered {answer.status}: {answer.text[:200]}")


def _body(job: Job, quotations: dict[str, Quotation]) -> str:
    """The body as the editor's screen would send it: text, ties and blocks."""
    parts = []
    for paragraph in content.BODY:
        if found := re.fullmatch(r"\[(\w+)(?::(\w+))?\]", paragraph):
            kind, scene = found.groups()
            number = _image(job, scene) if kind == "image" else _block(job, kind)
            parts.append(f'<div data-block="{kind}" data-id="{number}"></div>')
            continue
        text = html.escape(paragraph, quote=False)
        for key, entry in quotations.items():
            tied = f'<q data-quotation="{entry.pk}">“{html.escape(content.QUOTATIONS[key].words, quote=False)}”</q>'
            text = text.replace("{" + key + "}", tied)
        parts.append(f"<p>{text}</p>")
    return "\n".join(parts)


def _image(job: Job, scene: str) -> int:
    caption, words = content.PICTURES[scene]
    asset = Asset.objects.get(alternative_text=words)
    return _place(job, "image", choice=str(asset.pk), caption=caption, alternative_text=words)


def _block(job: Job, kind: str) -> int:
    if kind == "product":
        offer = Offer.objects.get(product__title=content.PRODUCT["title"])
        return _place(job, "product", choice=str(offer.pk), blurb=content.PRODUCT["blurb"])
    letter = Newsletter.objects.get(slug=content.NEWSLETTER["slug"])
    return _place(job, "newsletter", choice=str(letter.pk))


def _place(job: Job, kind: str, **fields: str) -> int:
    answer = job.person("reporter").post(
        reverse("articles-desk:block-place"), {"kind": kind, **fields}, Accept="application/json"
    )
    need(answer.status == 200, f"placing the {kind} answered {answer.status}: {answer.text[:200]}")
    return int(str(answer.json()["id"]))
