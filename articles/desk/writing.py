"""The writing screen: opening a story, showing it, saving it."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from articles import access, drafts, house_style, particulars, rearranged, together
from articles import presence as there
from articles.desk import clash, joining, writing_page
from articles.desk.block_endpoints import block_place, block_preview, block_search
from articles.desk.writing_form import NewStoryForm, StoryForm, WritingForm
from articles.models import Draft, Revision
from articles.refusals import Refused
from articles.refusals import Stale as Late
from articles.typed import whole_number
from newsroom import accounts, blocks
from newsroom.accounts import person_of
from newsroom.accounts.doors import wants_data

__all__ = [
    "block_place",
    "block_preview",
    "block_search",
    "presence",
    "save",
    "story_new",
    "story_particulars",
    "write",
]

# CKEditor writes style elements and attributes into the page and draws its cursor helpers from data: addresses. Script
# stays as strict as everywhere; the stored body has neither styles nor pictures of its own.
# The frame is the preview.
CSP = {"style-src": "'self' 'unsafe-inline'", "img-src": "'self' data:", "frame-src": "'self'"}


@accounts.require(*access.WRITERS)
@require_http_methods(["GET", "POST"])
def story_new(request: HttpRequest) -> HttpResponse:
    """Begin a story: a working headline and a section."""
    form = NewStoryForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            draft = drafts.open_story(
                person_of(request),
                form.cleaned_data["section"],
                headline=house_style.curl(form.cleaned_data["headline"]),
                at=timezone.now(),
            )
        except Refused as refused:
            for name, message in refused.messages.items():
                form.add_error(name if name in form.fields else None, message)
        else:
            return redirect("articles-desk:write", pk=draft.story_id)
    return render(request, "desk/writing/new.html", {"form": form})


@accounts.require(*access.WRITERS)
@require_GET
def write(request: HttpRequest, pk: int) -> HttpResponse:
    """The writing screen of a story's open draft; ``?draft=`` names another one of the same story."""
    named = whole_number(request.GET.get("draft", ""))
    draft = access.draft_for_editing(person_of(request), pk, named)
    if draft.head is not None and not draft.head.sealed and draft.standing != Draft.Standing.CLOSED:
        drafts.begin(draft.pk)
        draft = access.draft_for_editing(person_of(request), pk, named)
    return _page(request, draft, WritingForm.of(draft))


@accounts.require(*access.WRITERS)
@require_POST
def save(request: HttpRequest, pk: int) -> HttpResponse:
    """Save, together with what others saved since this page last looked.

    A script is answered JSON: 200 saved, with others' words where there are any, and ``by`` whom; 409 the draft is
    approved (``held``), ``other`` is signed in than the page was opened by, or nobody knows what it began from; 422
    ``errors`` by field, with ``closed`` when the draft was closed meanwhile, or ``ask`` when the text would shrink
    drastically. A form is sent back to the screen, with everything that was typed. ``auto`` with ``knowing`` fetches
    others' words into an approved draft's page: an autosave changes no approved draft, whatever its page knows.
    """
    person = person_of(request)
    draft = access.draft_for_editing(person, pk, whole_number(request.POST.get("draft", "")))
    if request.POST.get("person", str(person.pk)) != str(person.pk):
        # Opened by one person, and by now another has signed in beside it: nobody's words go out under another's name.
        return JsonResponse({"other": person.name}, status=HTTPStatus.CONFLICT)
    form = WritingForm(request.POST)
    form.is_valid()
    expected = whole_number(request.POST.get("expected_version", ""))
    if expected is None:
        return _refused(
            request, draft, form, {"": "This page has lost track of its version. Copy your text, then reload."}
        )
    now = timezone.now()
    try:
        content = writing_page.content_of(form.cleaned_data)
        if not wants_data(request):  # the script has set the marks, and a straight one of its page was given back
            content = house_style.curl_content(content)
        kept = together.save(
            draft.pk,
            person=person,
            expected_version=expected,
            typed=joining.typed_of(request.POST, content),
            at=now,
            autosave=request.POST.get("auto") == "yes",
            pen=request.POST.get("pen", ""),
            knowing=request.POST.get("knowing") == "yes",
            shrinking=form.cleaned_data.get("shrink") == "yes",
        )
    except drafts.Held as held:
        return _held(request, draft, form, held)
    except drafts.Stale as stale:
        return _stale(request, draft, form, stale)
    except together.Shrinks as shrinks:
        return _shrinks(request, draft, form, shrinks)
    except blocks.BodyTooLong as long:
        return _refused(request, draft, form, {"body": str(long)})
    except Refused as refused:
        return _refused(request, draft, form, refused.messages)
    if not wants_data(request):
        messages.success(request, f"Saved as revision {kept.revision.number}.")
        if kept.rearranged:
            messages.warning(request, rearranged.said(kept.rearranged))
        return redirect(f"{request.path.removesuffix('save/')}?draft={draft.pk}")
    return _saved(request, kept)


@accounts.require(*access.WRITERS)
@require_POST
def presence(request: HttpRequest, pk: int) -> JsonResponse:
    """Say that this page is open, and where in it; learn who else is there, how far the draft has come, and whether it
    is approved or closed by now."""
    person = person_of(request)
    draft = access.draft_for_editing(person, pk, whole_number(request.POST.get("draft", "")))
    page = there.There(request.POST.get("pen", "")[:32], person.pk, person.name, request.POST.get("place", "")[:40])
    others = there.here(draft.pk, page, leaving=request.POST.get("leaving") == "yes")
    return JsonResponse(
        {
            "version": draft.version,
            **writing_page.standing(draft),
            "others": [
                {"pen": one.pen, "name": one.name, "place": one.place, "you": one.person_id == person.pk}
                for one in others
            ],
        }
    )


@accounts.require(*access.WRITERS)
@require_POST
def story_particulars(request: HttpRequest, pk: int) -> HttpResponse:
    """Change section, address, topics and bylines. Answers the Story tab's form for a script, else the whole screen."""
    person = person_of(request)
    story = access.story_for_editing(person, pk)
    decides = access.may(person).decide
    initial = StoryForm.of(story, decides=decides).initial
    form = StoryForm(request.POST, story=story, decides=decides, initial=initial)
    expected = whole_number(request.POST.get("story_version", ""))
    try:
        if not form.is_valid() or expected is None:
            raise Refused({name: str(problems[0]) for name, problems in form.errors.items()})
        section = form.cleaned_data.get("section")
        story = particulars.change(
            pk,
            person=person,
            expected_version=expected,
            facts=particulars.Particulars(
                section_id=section.pk if section else initial["section"],
                slug=form.chosen_slug,
                topic_ids=[topic.pk for topic in form.cleaned_data.get("topics", ())],
                byline_ids=[byline.pk for byline in form.cleaned_data.get("bylines", ())],
                products_barred=form.cleaned_data.get("products_barred"),
            ),
        )
    except (Refused, Late) as refused:
        for name, message in getattr(refused, "messages", {"": str(refused)}).items():
            if name not in form.errors:
                form.add_error(name if name in form.fields else None, message)
        status = HTTPStatus.CONFLICT if isinstance(refused, Late) else HTTPStatus.UNPROCESSABLE_ENTITY
    else:
        form, status = StoryForm.of(story, decides=decides), HTTPStatus.OK
    if status is HTTPStatus.OK and not wants_data(request):
        messages.success(request, "The story’s details are saved.")
        return redirect("articles-desk:write", pk=pk)
    context = {"story": story, "story_form": form, "may_change_story": True, "kept": status is HTTPStatus.OK}
    if wants_data(request):
        html = render_to_string("desk/writing/_story.html", context, request=request)
        answer = {"html": html, "version": story.version, "byline": writing_page.byline(story)}
        return JsonResponse(answer, status=status)
    draft = access.draft_for_editing(person, pk)
    return _page(request, draft, WritingForm.of(draft), status, story_form=form)


def _saved(request: HttpRequest, kept: together.Kept) -> JsonResponse:
    revision = kept.revision
    draft = access.draft_for_editing(person_of(request), revision.draft.story_id, revision.draft_id)
    context = writing_page.context(request, draft)
    return JsonResponse(
        {
            "version": draft.version,
            "revision": revision.number,
            "slug": draft.story.slug,
            "saved_at": timezone.localtime(revision.created_at).strftime("%H:%M:%S %Z"),
            "quotations": context["quotations"],
            "fragments": {
                name: render_to_string(f"desk/writing/_{name}.html", context, request=request)
                for name in ("standing", "moves", "checks", "sources", "products", "pictures", "history")
            },
            "counts": context["counts"],
            **writing_page.standing(draft),
            **joining.told(request, draft, kept),
            "by": _writers(request, kept) if kept.joined else [],
        }
    )


def _writers(request: HttpRequest, kept: together.Kept) -> list[str]:
    """Whose words a page is given that it did not send: of the states since the one that it began from, this page's own
    left out. "" is the person's own, from another window."""
    base, newest = whole_number(request.POST.get("base", "")), kept.revision
    found = (
        Revision.objects.filter(Q(draft=newest.draft_id) | Q(pk=newest.pk), pk__gt=base or 0)
        .exclude(pen=request.POST.get("pen") or None)
        .order_by("author__name")
        .values_list("author_id", "author__name")
        .distinct()
    )
    return ["" if pk == person_of(request).pk else name for pk, name in found]


def _page(
    request: HttpRequest, draft: Draft, form: WritingForm, status: int = HTTPStatus.OK, **more: Any
) -> HttpResponse:
    context = writing_page.context(request, draft) | {"form": form, **more}
    response = render(request, "desk/writing/write.html", context, status=status)
    response.csp = CSP  # type: ignore[attr-defined]
    return response


def _refused(request: HttpRequest, draft: Draft, form: WritingForm, errors: dict[str, str]) -> HttpResponse:
    names = {"lead_image_id": "lead_image"}
    errors = {names.get(name, name): message for name, message in errors.items()}
    if wants_data(request):
        now = Draft.objects.select_related("story").get(pk=draft.pk)  # it may have been closed since it was looked up
        told = {"errors": errors, "closed": writing_page.standing(now)["closed"]}
        return JsonResponse(told, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    return _page(request, draft, form, HTTPStatus.UNPROCESSABLE_ENTITY, errors=errors)


def _shrinks(request: HttpRequest, draft: Draft, form: WritingForm, shrinks: together.Shrinks) -> HttpResponse:
    if wants_data(request):
        return JsonResponse(
            {"ask": "shrink", "before": shrinks.before, "after": shrinks.after},
            status=HTTPStatus.UNPROCESSABLE_ENTITY,
        )
    return _page(request, draft, form, HTTPStatus.UNPROCESSABLE_ENTITY, shrinks=shrinks)


def _held(request: HttpRequest, draft: Draft, form: WritingForm, held: drafts.Held) -> HttpResponse:
    if wants_data(request):
        return JsonResponse({"held": True, **writing_page.said(held)}, status=HTTPStatus.CONFLICT)
    return _page(request, draft, form, HTTPStatus.CONFLICT, held=held)


def _stale(request: HttpRequest, draft: Draft, form: WritingForm, stale: drafts.Stale) -> HttpResponse:
    typed, theirs = form.cleaned_data, stale.theirs
    rows = clash.rows(
        clash.Text(*(typed.get(name, "") for name in ("kicker", "headline", "standfirst", "body"))),
        clash.Text(theirs.kicker, theirs.headline, theirs.standfirst, theirs.body),
    )
    conflict = {"rows": rows, "by": stale.by, "at": stale.at, "draft": draft}
    if wants_data(request):
        html = render_to_string("desk/writing/_conflict.html", {"conflict": conflict}, request=request)
        return JsonResponse(
            {"error": "stale", "by": str(stale.by), "at": stale.at.isoformat(), "html": html},
            status=HTTPStatus.CONFLICT,
        )
    return _page(request, draft, form, HTTPStatus.CONFLICT, conflict=conflict)
