"""The fields of the writing screen. What is asked of them is asked by ``drafts.save``; nothing is refused here twice."""

from __future__ import annotations

from typing import Any

from ckeditor.widgets import CKEditorWidget
from django import forms
from django.db.models import Q

from articles.access import WRITERS
from articles.desk.byline_choice import BylinesField
from articles.models import Draft, Section, Story, Topic
from newsroom.accounts.models import Person


def _area(label: str, placeholder: str, **attrs: Any) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": 1, "placeholder": placeholder, "data-grow": True, **attrs})
    return forms.CharField(label=label, required=False, strip=False, widget=widget)


class WritingForm(forms.Form):
    """Headline, kicker, standfirst, body, lead picture, search words of one draft."""

    draft = forms.CharField(widget=forms.HiddenInput)
    expected_version = forms.CharField(widget=forms.HiddenInput)
    base = forms.CharField(required=False, widget=forms.HiddenInput)
    kicker = _area("Kicker", "Kicker", **{"class": "kicker", "maxlength": 60})
    headline = _area("Headline", "Headline", **{"class": "headline", "maxlength": 200})
    standfirst = _area("Standfirst", "Standfirst: what happened, in one breath", **{"class": "standfirst"})
    lead_image = forms.CharField(required=False, widget=forms.HiddenInput)
    body = forms.CharField(required=False, strip=False, widget=CKEditorWidget("body", attrs={"rows": 24}))
    search_title = forms.CharField(label="Search title", required=False, strip=False)
    search_description = forms.CharField(
        label="Search description", required=False, strip=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    social_title = forms.CharField(label="Social title", required=False, strip=False)
    social_description = forms.CharField(
        label="Social description", required=False, strip=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    shrink = forms.CharField(required=False, widget=forms.HiddenInput)

    ELSEWHERE = ("search_title", "search_description", "social_title", "social_description")
    CONTENT = ("kicker", "headline", "standfirst", "lead_image", "body", *ELSEWHERE)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs = {"auto_id": "id_%s", "use_required_attribute": False, **kwargs}
        super().__init__(*args, **kwargs)
        for name in self.ELSEWHERE:  # they stand in the rail, outside the form
            self.fields[name].widget.attrs |= {"form": "writing", "class": "input"}

    @classmethod
    def of(cls, draft: Draft) -> WritingForm:
        head = draft.head
        assert head is not None
        initial: dict[str, Any] = {name: getattr(head, name) for name in cls.CONTENT if name != "lead_image"}
        initial |= {
            "draft": draft.pk,
            "expected_version": draft.version,
            "base": head.pk,
            "lead_image": head.lead_image_id or "",
        }
        return cls(initial=initial)


class NewStoryForm(forms.Form):
    headline = forms.CharField(
        max_length=200, help_text="A working headline. It makes the address, which you can change."
    )
    section = forms.ModelChoiceField(Section.objects.all(), empty_label=None)


HELD = "Readers hold this address. If it or the section is changed, the old one leads to the new."


class StoryForm(forms.Form):
    """The Story tab: what stands around the text."""

    section = forms.ModelChoiceField(Section.objects.all(), empty_label=None)
    slug = forms.CharField(label="Address", max_length=80, strip=True)
    topics = forms.ModelMultipleChoiceField(Topic.objects.all(), required=False, widget=forms.CheckboxSelectMultiple)
    bylines = BylinesField(Person.objects.none(), required=False)
    products_barred = forms.BooleanField(
        label="No product plugs", required=False, help_text="For a death, an illness, a crime."
    )
    story_version = forms.CharField(widget=forms.HiddenInput)
    # The address that stood in the field before anybody typed: the headline may have changed it since.
    slug_shown = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, story: Story, decides: bool, **kwargs: Any) -> None:
        kwargs = {"auto_id": "story_%s", "use_required_attribute": False, **kwargs}
        super().__init__(*args, **kwargs)
        named = Q(bylines__story=story)
        writers = Q(is_active=True, roles__overlap=[str(role) for role in WRITERS])
        bylines = self.fields["bylines"]
        assert isinstance(bylines, BylinesField)
        bylines.queryset = Person.objects.filter(named | writers).distinct()
        if not decides:
            del self.fields["products_barred"]
        if not Topic.objects.exists():
            del self.fields["topics"]
        if story.readers != Story.Readers.NOTHING:
            self.fields["slug"].help_text = HELD
            for name in ("section", "slug"):
                self.fields[name].disabled = not decides
        elif not story.slug_by_hand:
            self.fields["slug"].help_text = "It follows the headline until you write one."

    @property
    def chosen_slug(self) -> str | None:
        """The address as somebody wrote it; None where they left what the field showed, whatever the story has now."""
        written = str(self.cleaned_data.get("slug", ""))
        return None if written == self.cleaned_data.get("slug_shown") else written

    @classmethod
    def of(cls, story: Story, *, decides: bool) -> StoryForm:
        """decides: the person is an editor, who says whether products may stand in the story."""
        return cls(
            story=story,
            decides=decides,
            initial={
                "section": story.section_id,
                "slug": story.slug,
                "slug_shown": story.slug,
                "topics": story.topics.values_list("pk", flat=True),
                "bylines": list(story.bylines.values_list("person_id", flat=True)),
                "products_barred": story.products_barred,
                "story_version": story.version,
            },
        )
