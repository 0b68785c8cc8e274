"""The whole state of a followed page: for pages that poll, and for those that missed something. Kept as any page is."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from newsroom.live import following, parts, registry
from newsroom.live.models import Followed
from newsroom.pagecache import keep


@require_safe
def state(request: HttpRequest, kind: str, number: int) -> HttpResponse:
    """``{"digest", "title", "parts": [[place, key, html], ...]}``; 404 where readers see nothing."""
    topic = f"{kind}:{number}"
    found = registry.state(topic, timezone.now())
    if found is None:
        raise Http404("There is nothing to follow.")
    digest = parts.digest(found.parts)
    told = Followed.objects.filter(pk=topic).values_list("digest", flat=True).first()
    if told not in (None, digest):
        # Nothing that anybody purged: another release writes it otherwise, a page was marked and nobody has looked.
        following.look(topic)
    data = {
        "digest": digest,
        "title": found.title,
        "parts": [[part.place, part.key, part.html] for part in found.parts],
    }
    response = JsonResponse(data, json_dumps_params={"ensure_ascii": False, "separators": (",", ":")})
    return keep(response, {topic, *found.tags}, until=found.until, never=found.never)


@require_safe
def events(request: HttpRequest, kind: str, number: int) -> HttpResponse:
    """The stream itself is held before Django (``streams``). Where nothing holds it, 204 tells a page not to come back
    (HTML standard, 9.2.3); 404 where there is nothing to follow."""
    if registry.state(f"{kind}:{number}", timezone.now()) is None:
        raise Http404("There is nothing to follow.")
    return HttpResponse(status=204)
