"""Marketing's pages: nothing typed is lost, nobody overwrites anybody, and each press does one thing."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from articles import products
from newsletters import consent, issues
from newsletters.models import Delivery, Issue, Purpose, Wording
from newsroom.audit.models import AuditRow
from newsroom.outbox.models import Event
from newsroom.publication.current import forget
from tests.factories import articles
from tests.factories import newsletters as made
from tests.factories.accounts import person
from tests.newsletters.sending import sending

NOW = datetime.now(UTC)


@pytest.fixture
def erin(client: Client, publication: Any) -> Client:
    client.force_login(person("marketing"))
    return client


def press(erin: Client, issue: Issue, do: str, **fields: Any) -> Any:
    issue.refresh_from_db()
    data = {"version": issue.version, "subject": "Words", "preview_text": "", "intro": "", "do": do, **fields}
    return erin.post(f"/desk/newsletters/issues/{issue.pk}/", data)


@pytest.mark.django_db
def test_an_issue_from_the_first_press_to_the_sending(erin: Client) -> None:
    newsletter = made.newsletter()
    made.subscriber(newsletter)
    story = articles.published_story(headline="A step")
    answer = erin.post(f"/desk/newsletters/{newsletter.pk}/issues/new/")
    issue = Issue.objects.get()
    assert answer["Location"] == f"/desk/newsletters/issues/{issue.pk}/"
    press(erin, issue, f"pick:{story.pk}", subject="A step, a visit", intro="Good morning.")
    issue.refresh_from_db()
    assert (issue.subject, issue.intro, issue.stories.get()) == ("A step, a visit", "Good morning.", story)
    page = erin.get(f"/desk/newsletters/issues/{issue.pk}/send/").content.decode()
    assert "Send to 1 reader" in page
    answer = erin.post(f"/desk/newsletters/issues/{issue.pk}/send/", {"version": issue.version})
    assert answer["Location"] == f"/desk/newsletters/issues/{issue.pk}/results/"
    issue.refresh_from_db()
    assert issue.state == Issue.State.SENDING
    assert Event.objects.filter(kind="newsletters.issue_started").count() == 1
    assert AuditRow.objects.filter(action="newsletters.send").count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("do", ["save", "pick:0", "pick:x", "up:999999999999", "whole:", "nonsense:1", "search", ""])
def test_whatever_is_pressed_what_was_typed_is_kept(erin: Client, do: str) -> None:
    issue = made.issue()
    answer = press(erin, issue, do, subject="Typed", q="wind")
    issue.refresh_from_db()
    assert answer.status_code in {302, 422}
    assert issue.subject == "Typed"


@pytest.mark.django_db
def test_a_second_window_is_told_and_keeps_its_words(erin: Client) -> None:
    issue = made.issue()
    old = issue.version
    press(erin, issue, "save", subject="First")
    answer = erin.post(f"/desk/newsletters/issues/{issue.pk}/", {"version": old, "subject": "Second", "intro": "Kept"})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert 'value="Second"' in page
    assert "Kept</textarea>" in page
    issue.refresh_from_db()
    assert issue.subject == "First"


@pytest.mark.django_db
def test_what_stops_an_issue_is_said_and_the_button_is_not_there(erin: Client) -> None:
    issue = made.issue()
    page = erin.get(f"/desk/newsletters/issues/{issue.pk}/send/").content.decode()
    assert "Pick at least one story." in page
    assert 'aria-disabled="true"' in page
    answer = erin.post(f"/desk/newsletters/issues/{issue.pk}/send/", {"version": issue.version})
    assert answer.status_code == 422
    issue.refresh_from_db()
    assert issue.state == Issue.State.COMPOSING


@pytest.mark.django_db
def test_the_letter_in_its_frame_runs_no_script_and_lets_nobody_leave(erin: Client) -> None:
    issue = made.issue()
    issues.pick(issue.pk, articles.published_story().pk, at=NOW)
    answer = erin.get(f"/desk/newsletters/issues/{issue.pk}/letter/html/")
    assert "script-src 'none'" in answer["Content-Security-Policy"]
    assert "sandbox" in answer["Content-Security-Policy"]
    assert "/newsletters/leave/" not in answer.content.decode()
    for look in ("phone", "desktop", "text", "nonsense"):
        assert erin.get(f"/desk/newsletters/issues/{issue.pk}/letter/?as={look}").status_code == 200
    assert erin.get(f"/desk/newsletters/issues/{issue.pk}/letter/other/").status_code == 404


@pytest.mark.django_db
def test_only_published_stories_can_be_found(erin: Client) -> None:
    articles.story(headline="Secret Windsor plan")
    articles.published_story(headline="Open Windsor gates")
    page = erin.get(f"/desk/newsletters/issues/{made.issue().pk}/?q=windsor").content.decode()
    assert "Open Windsor gates" in page
    assert "Secret Windsor plan" not in page


@pytest.mark.django_db
def test_uncertain_letters_are_shown_by_name_and_resolved_once(erin: Client) -> None:
    issue = sending()
    reader = made.subscriber(issue.newsletter, address="joy.tan@example.org")
    row = Delivery.objects.create(issue=issue, subscriber=reader, state="uncertain", why="No answer", claimed_at=NOW)
    assert "joy.tan@example.org" in erin.get(f"/desk/newsletters/issues/{issue.pk}/results/").content.decode()
    address = f"/desk/newsletters/issues/{issue.pk}/deliveries/{row.pk}/resolve/"
    erin.post(address, {"as": "maybe"})
    row.refresh_from_db()
    assert row.state == "uncertain"
    erin.post(address, {"as": "arrived"})
    erin.post(address, {"as": "again"})
    row.refresh_from_db()
    assert row.state == "sent"
    assert AuditRow.objects.filter(action="newsletters.resolve-arrived").count() == 1


@pytest.mark.django_db
def test_a_finished_sending_makes_the_page_load_itself_anew(erin: Client) -> None:
    issue = sending()
    address = f"/desk/newsletters/issues/{issue.pk}/progress/"
    assert "HX-Refresh" not in erin.get(address)
    Issue.objects.update(state=Issue.State.SENT)
    assert erin.get(address)["HX-Refresh"] == "true"


@pytest.mark.django_db
def test_a_new_wording_stands_beside_the_old_and_purges_its_pages(erin: Client) -> None:
    newsletter = made.newsletter()
    purpose = newsletter.offers.first().purpose
    data = {
        "text": "New words",
        "companies": "Acme, https://acme.example\nBell & Co",
        "list_date": "2025-09-12",
        "seen": 1,
    }
    assert erin.post(f"/desk/newsletters/wordings/{purpose.slug}/", data).status_code == 302
    assert [row.text for row in purpose.wordings.order_by("version")] == [made.BRANDS, "New words"]
    assert purpose.wordings.get(version=2).companies == [
        {"name": "Acme", "address": "https://acme.example"},
        {"name": "Bell & Co", "address": ""},
    ]
    assert Event.objects.filter(kind="newsletters.changed", payload={"newsletter_id": newsletter.pk}).exists()
    answer = erin.post(f"/desk/newsletters/wordings/{purpose.slug}/", data)
    assert answer.status_code == 422
    assert "Somebody added a version" in answer.content.decode()
    assert purpose.wordings.count() == 2


@pytest.mark.django_db
@pytest.mark.parametrize(
    "change",
    [
        {"text": ""},
        {"text": "x" * 301},
        {"companies": ""},
        {"companies": "Acme\nacme"},
        {"list_date": "soon"},
        {"seen": "x"},
    ],
)
def test_an_unfit_wording_keeps_what_was_typed(erin: Client, change: dict[str, str]) -> None:
    purpose = made.purpose()
    data = {"text": "New words", "companies": "Only Acme", "list_date": "2025-09-12", "seen": "1", **change}
    answer = erin.post(f"/desk/newsletters/wordings/{purpose.slug}/", data)
    assert answer.status_code == 422
    assert data["text"][:50] in answer.content.decode()
    assert purpose.wordings.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_people_adding_a_version_at_once_one_is_told() -> None:
    import threading

    purpose = made.purpose()
    gate, ends = threading.Barrier(2), []

    def add(text: str) -> None:
        gate.wait()
        try:
            consent.new_wording(
                Purpose.objects.get(pk=purpose.pk),
                text=text,
                companies="Acme",
                list_date=NOW.date(),
                person=None,
                at=NOW,
                seen_version=1,
            )
            ends.append("added")
        except consent.WordingRefused:
            ends.append("told")
        finally:
            connection.close()

    threads = [threading.Thread(target=add, args=(text,)) for text in ("One", "Two")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(ends) == ["added", "told"]
    assert Wording.objects.filter(purpose=purpose).count() == 2


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["", "issues/{pk}/", "issues/{pk}/send/", "wordings/"])
def test_the_number_of_queries_stands_still(erin: Client, path: str) -> None:
    newsletter = made.newsletter()
    made.subscriber(newsletter)
    issue = made.issue(newsletter)
    issues.pick(issue.pk, articles.published_story().pk, at=NOW)
    articles.published_story()
    address = "/desk/newsletters/" + path.format(pk=issue.pk)

    def count() -> int:
        # What is kept in the process for a second would be asked for in one count and not in the other.
        forget()
        products.forget()
        with CaptureQueriesContext(connection) as captured:
            erin.get(address)
        return len(captured)

    few = count()
    for _ in range(19):
        made.issue(made.newsletter())
        articles.published_story()
        if issue.places.count() < 19:
            issues.pick(issue.pk, articles.published_story().pk, at=NOW)
    assert count() == few


@pytest.mark.django_db
@pytest.mark.parametrize("pk", [0, 2**31, 2**63, 10**30])
def test_no_number_in_an_address_is_answered_500(erin: Client, pk: int) -> None:
    for path in ("issues/{pk}/", "issues/{pk}/send/", "issues/{pk}/results/", "issues/{pk}/letter/html/"):
        assert erin.get("/desk/newsletters/" + path.format(pk=pk)).status_code == 404
    assert erin.post(f"/desk/newsletters/{pk}/issues/new/").status_code == 404
    assert erin.get(f"/newsletters/companies/x/{pk}/").status_code == 404
