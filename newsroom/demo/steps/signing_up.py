"""The reader signs up in the story's box and confirms from the letter."""

from __future__ import annotations

import re

from newsletters.models import Subscription
from newsroom.demo import content, forms, inbox
from newsroom.demo.visitor import Visitor

from .job import Job, StepFailed, need, visible, wait_for


def sign_up(job: Job) -> str:
    page = Visitor(job.origin).get(job.told.path)
    form = forms.one(page.text, action="/sign-up/")
    need(len(form.boxes) == 2, f"the form has {len(form.boxes)} boxes")
    need(not any(ticked for *_, ticked in form.boxes), "a box is ticked already")
    name, value, _ = form.boxes[0]
    sent = form.with_({"email": job.reader_address}, tick=(name, value))
    answer = Visitor(job.origin).post(form.action, sent)
    need(answer.status == 200, f"the sign-up answered {answer.status}: {visible(answer.text)}")
    return f"{job.reader_address}, ticked: {content.BRANDS}"


def confirmation(job: Job) -> str:
    found = wait_for(lambda: inbox.newest(to=job.reader_address), "the confirmation")
    need(len(found) == 1, f"{len(found)} letters came, not one")
    return f"“{found[0].subject}”"


def confirm(job: Job) -> str:
    link = _link(inbox.newest(to=job.reader_address)[-1].part("plain"), "/confirm/")
    visitor = Visitor(job.origin)
    page = visitor.get(link)
    need(subscription_of(job) is None, "opening the link alone confirmed the address")
    form = forms.one(page.text, action="/confirm/") if "/confirm/" in page.text else forms.read(page.text)[0]
    answer = visitor.post(form.action or link, form.fields)
    need(answer.status == 200, f"confirming answered {answer.status}")
    subscription = subscription_of(job)
    if subscription is None:
        raise StepFailed("no subscription came of it")
    agreed = sorted(receipt.wording.text for receipt in subscription.subscriber.receipts.select_related("wording"))
    need(content.BRANDS in agreed and content.PARTNERS not in agreed, f"the receipts say: {agreed}")
    return f"{len(agreed)} consent receipts; none for the box left empty"


def subscription_of(job: Job) -> Subscription | None:
    found = Subscription.objects.filter(subscriber__normalised=job.reader_address)
    return found.select_related("subscriber").first()


def _link(text: str, part: str) -> str:
    found = re.search(rf"https?://\S*{part}[^\s>\")]+", text)
    if found is None:
        raise StepFailed(f"the letter has no link with {part}")
    return found.group(0)
