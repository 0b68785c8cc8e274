"""Whether a story that was taken from readers has left every exit: the page of receipts (promise 9)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from articles import access, exits
from articles.models import MoveLog, Receipt, Story
from newsroom import accounts, outbox
from newsroom.accounts import person_of
from newsroom.outbox.models import Effect


@dataclass(frozen=True)
class Line:
    """One exit. effect: what the outbox knows of it, as long as that is not done."""

    receipt: Receipt
    label: str
    effect: Effect | None

    @property
    def state(self) -> str:
        if self.receipt.acknowledged_at is not None:
            return "gone"
        if self.effect is not None and self.effect.dead_at is not None:
            return "given up"
        return "again" if self.effect is not None and self.effect.last_error else "waiting"


@accounts.require(*access.READERS_OF_DRAFTS)
@require_safe
def receipts(request: HttpRequest, pk: int) -> HttpResponse:
    """The last departure’s receipts; a script asks for the list alone every two seconds until all are in."""
    person = person_of(request)
    story = access.story_for_reading(person, pk)
    log = MoveLog.objects.filter(receipts__story=story).select_related("person").distinct().first()
    lines = _lines(story, log)
    context = {
        "story": story,
        "log": log,
        "lines": lines,
        "gone": sum(line.state == "gone" for line in lines),
        "waiting": any(line.state in ("waiting", "again") for line in lines),
        "may": access.may(person),
        "at": timezone.now(),
    }
    template = "_receipts" if request.headers.get("HX-Request") == "true" else "receipts"
    return render(request, f"desk/articles/{template}.html", context)


@accounts.require(*access.EDITORS)
@require_POST
def retry(request: HttpRequest, pk: int, receipt: int) -> HttpResponse:
    """Try an exit again that was given up."""
    story = access.story_for_reading(person_of(request), pk)
    found = Receipt.objects.filter(pk=receipt, story=story).select_related("log").first()
    if found is None:
        raise Http404("There is no such receipt.")
    line = next((line for line in _lines(story, found.log) if line.receipt.pk == found.pk), None)
    if line is not None and line.effect is not None and outbox.retry(line.effect.pk):
        messages.success(request, "It is tried again now.")
    else:
        messages.info(request, "It is being tried already, or done.")
    return redirect("articles-desk:receipts", pk=pk)


def _lines(story: Story, log: MoveLog | None) -> list[Line]:
    """Three queries, however many exits."""
    if log is None:
        return []
    known = {exit.name: (number, exit.label) for number, exit in enumerate(exits.registered())}
    found = list(Receipt.objects.filter(log=log))
    asked = min((receipt.asked_at for receipt in found), default=log.at)
    # The events' table has an index on its time alone; two machines' clocks may differ.
    near = (asked - timedelta(minutes=10), asked + timedelta(minutes=10))
    effects = {
        effect.handler: effect
        for effect in Effect.objects.filter(
            event__kind="story.left", event__created_at__range=near, event__payload__log_id=log.pk, done_at=None
        )
    }
    lines = [
        Line(receipt, known.get(receipt.exit, (0, receipt.exit))[1], effects.get(exits.effect_of(receipt.exit)))
        for receipt in found
    ]
    return sorted(lines, key=lambda line: known.get(line.receipt.exit, (len(known), ""))[0])
