"""What a writer and an editor wait for: a save, an approval and a publication, each as the desk's own pages ask for it.

Measured is one request from Django's door to its answer, with session, person and every trigger: the keeping of the words
after a pause in typing (autosave of one changed paragraph among six), the editor's press on "Approve" and on "Publish".
Each approval and publication is of a story of its own: some 250 words, a lead picture, a tied quotation, handed in by a
reporter. What a publication causes is recorded in the outbox within the measured time; the workers' part (pages, feeds,
letters) is not in it. Nor is the preparation of each story.
"""

from __future__ import annotations

from typing import Any

from tests.benchmarks.errands import Errand

PARAGRAPHS = 6
WORDS = 42  # a paragraph


def errands(editor: Any) -> dict[str, Errand]:
    from django.test import Client
    from django.urls import reverse

    from articles.models import Draft
    from tests.factories import articles as make
    from tests.factories import media_assets as pictures
    from tests.factories.accounts import person

    reporter = person("reporter")
    lead = pictures.image_placement(pictures.asset(made=False))
    said = make.quotation("We counted them by hand", source=make.source("Margaret Hale"), state="confirmed")
    tied = f'<p>She said: <q data-quotation="{said.pk}">“We counted them by hand”</q>.</p>'
    writing, deciding = Client(), Client()
    writing.force_login(reporter)
    deciding.force_login(editor)

    def body(run: int) -> str:
        paragraphs = [f"<p>{f'Paragraph {n} at the gates. ' * (WORDS // 5)}</p>" for n in range(PARAGRAPHS)]
        paragraphs[PARAGRAPHS // 2] = f"<p>{f'Run {run} at the gates. ' * (WORDS // 5)}</p>"
        return "\n".join([*paragraphs, tied])

    def told(run: int, standing: str) -> Draft:
        story = make.story(
            owner=reporter,
            headline=f"Counted {run}",
            standing=standing,
            approver=editor,
            lead_image=lead,
            body=body(run),
        )
        return Draft.objects.select_related("head").get(story=story)

    kept = told(0, "draft")

    def typed(run: int) -> dict[str, Any]:
        kept.refresh_from_db()
        return {
            "draft": kept.pk,
            "expected_version": kept.version,
            "auto": "yes",
            "pen": "p1",
            "headline": "Counted by hand",
            "body": body(run),
            "lead_image": lead.pk,
        }

    def save(given: dict[str, Any]) -> None:
        answer = writing.post(
            reverse("articles-desk:save", args=[kept.story_id]), given, headers={"Accept": "application/json"}
        )
        assert answer.status_code == 200, answer.content

    def move(name: str) -> Any:
        def press(draft: Draft) -> None:
            address = reverse(f"articles-desk:{name}", args=[draft.story_id])
            answer = deciding.post(address, {"draft": draft.pk, "expected_version": draft.version})
            assert answer.status_code == 302, answer.content

        return press

    return {
        "save": Errand(save, typed),
        "approve": Errand(move("approve"), lambda run: told(run, "in_review")),
        "publish": Errand(move("publish"), lambda run: told(run, "approved")),
    }
