"""Board, search (the desk's, the readers'), write, save, approve and publish at 1,000 and at 200,000 stories: as many queries, hardly more time.

``python -m tests.benchmarks.scale`` (``SMALL`` and ``LARGE`` set other numbers of stories). Each number of stories gets a
database of its own on the server of DATABASE_URL, or on one that is started for it, and takes it away again.

The stories are written by bulk SQL: of the newest ten thousand one in ten is an open draft, all others are published, some live; 250
words each, no two alike. "balmoral" stands in every story, and a name in twenty of them, however many there are. ``write`` is a rule's own save, without a page around it; ``moving`` says what the last three are.
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from tests.benchmarks import moving
from tests.benchmarks.errands import Errand
from tests.benchmarks.sizes import compare

SIZES = (int(os.environ.get("SMALL", "1000")), int(os.environ.get("LARGE", "200000")))

STORIES = """
INSERT INTO articles_story (id, section_id, slug, slug_by_hand, owner_id, live, products_barred, readers, withdrawn_reason,
    withdrawn_notice, held_reason, version, created_at)
SELECT n, %(section)s, 'story-' || n, false, %(person)s, false, false, 'nothing', '', '', '', 1,
    now() - (%(n)s - n) * interval '20 minutes' - interval '3 hours'
FROM generate_series(1, %(n)s) AS n
"""
DRAFTS = """
INSERT INTO articles_draft (id, story_id, kind, standing, version, open_quotations, opened_by_id, opened_at, changed_at,
    changed_by_id)
SELECT id, id, 'main', 'draft', 1, id %% 3, %(person)s, created_at, created_at, %(person)s FROM articles_story
"""
REVISIONS = """
INSERT INTO articles_revision (id, draft_id, number, headline, kicker, standfirst, body, paragraph_keys, search_title,
    search_description, social_title, social_description, words, pictures, quotations, digest, author_id, created_at, sealed, pen, joined, by_hand)
SELECT id, id, 1, 'Day ' || id || ' at Balmoral' || CASE WHEN id > %(n)s - 20 THEN ' with Thistlewood' ELSE '' END, '',
    'What the gardeners say of it',
    (SELECT '<p>' || string_agg('word' || (id * 7 + w * w * 13) %% 5000, ' ' ORDER BY w) || ' at the gates of Balmoral.</p>'
        FROM generate_series(1, 250) AS w),
    '["abcdefgh"]', '', '', '', '', 255, 0, 0, md5(id::text), %(person)s, created_at, true, '', false, true
FROM articles_story
"""
HEADS = "UPDATE articles_draft SET head_id = id"
PUBLISHED = """
UPDATE articles_story SET readers = 'published', published_revision_id = id, approved_by_id = %(person)s,
    first_published_at = created_at, visible_updated_at = created_at, live = id %% 100 = 1 AND id > %(n)s - 1000
WHERE NOT (id %% 10 = 0 AND id > %(n)s - 10000)
"""
CLOSED = """
UPDATE articles_draft SET standing = 'closed'
WHERE story_id IN (SELECT id FROM articles_story WHERE readers = 'published')
"""
STANDING = """
UPDATE articles_draft SET standing = (ARRAY['draft', 'in_review', 'changes_requested'])[1 + id / 10 %% 3]
WHERE standing <> 'closed'
"""
LOG = """
INSERT INTO articles_movelog (story_id, draft_id, revision_id, move, person_id, at, reason)
SELECT id, id, id, CASE WHEN readers = 'published' THEN 'publish' ELSE 'submit' END, %(person)s, created_at, ''
FROM articles_story
"""
# The newest stories, which pages of a topic and an author begin with, among them: one in ten, and all.
TOPICS = """
INSERT INTO articles_story_topics (story_id, topic_id)
SELECT id, %(topic)s FROM articles_story WHERE id %% 10 = 3
"""
BYLINES = """
INSERT INTO articles_byline (story_id, person_id, position) SELECT id, %(person)s, 0 FROM articles_story
"""
# The file of the site map that holds about nine hundred stories: what is compared is finding them, not how many they are.
ALIKE = """
SELECT to_char(date_trunc('month', first_published_at AT TIME ZONE 'UTC'), 'YYYY-MM'), id / 20000 + 1 FROM articles_story
WHERE readers = 'published' GROUP BY 1, 2 ORDER BY abs(count(*) - 900), 1 DESC LIMIT 1
"""
SEQUENCES = """
SELECT setval(pg_get_serial_sequence('articles_' || name, 'id'), %(n)s + 1)
FROM unnest(ARRAY['story', 'draft', 'revision']) AS name
"""
TABLES = ("story", "draft", "revision", "movelog")


def fill(stories: int) -> Any:
    """Write so many stories; return the editor that owns them."""
    from django.db import connection

    from tests.factories.accounts import person
    from tests.factories.articles import section, topic

    editor = person("editor")
    values = {"n": stories, "person": editor.pk, "section": section().pk, "topic": topic(name="Balmoral").pk}
    with connection.cursor() as cursor:
        for table in TABLES:  # the triggers' work is done once, at the end
            cursor.execute(f"ALTER TABLE articles_{table} DISABLE TRIGGER USER")
        for statement in (
            STORIES,
            DRAFTS,
            REVISIONS,
            HEADS,
            PUBLISHED,
            CLOSED,
            STANDING,
            LOG,
            TOPICS,
            BYLINES,
            SEQUENCES,
        ):
            cursor.execute(statement, values)
        for table in TABLES:
            cursor.execute(f"ALTER TABLE articles_{table} ENABLE TRIGGER USER")
    _words_of_all()
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    return editor


def _words_of_all() -> None:
    """What is searched, on as many connections as there are cores: it takes seven milliseconds a story."""
    from django.db import connection

    parts = 1 if connection.in_atomic_block else os.cpu_count() or 1

    def take(part: int) -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT articles_search_story(id), articles_publish_words(id) FROM articles_story WHERE id %% %s = %s",
                [parts, part],
            )

    def aside(part: int) -> None:
        try:
            take(part)
        finally:
            connection.close()

    if parts == 1:
        take(0)
        return
    with ThreadPoolExecutor(parts) as threads:
        list(threads.map(aside, range(parts)))


def errands(editor: Any) -> dict[str, Errand]:
    """What is measured, by name."""
    from django.db import connection
    from django.test import Client
    from django.urls import reverse
    from django.utils import timezone
    from django.utils.text import slugify

    from articles import drafts
    from articles.models import Draft

    client = Client()
    client.force_login(editor)
    board, search = reverse("articles-desk:board"), reverse("articles-desk:search")
    draft = Draft.objects.filter(standing="draft").latest("pk")
    author = reverse("reader:author", args=[editor.pk, slugify(editor.name)])
    with connection.cursor() as cursor:
        cursor.execute(ALIKE)
        month = reverse("reader:sitemap-month", args=cursor.fetchone())

    def get(url: str, **asked: str) -> None:
        answer = client.get(url, asked)
        assert answer.status_code == 200, answer.status_code

    def find(run: int, q: str) -> None:
        # An address for each: their budget is not what is measured.
        answer = client.get("/search/", {"q": q}, REMOTE_ADDR=f"198.51.{run // 250}.{run % 250}")
        assert answer.status_code == 200, answer.status_code

    def write(run: int) -> None:
        version = Draft.objects.values_list("version", flat=True).get(pk=draft.pk)
        words = drafts.Content(headline=f"Run {run}", body=f"<p>{'At the gates of Balmoral. ' * 50}{run}</p>")
        drafts.save(draft.pk, person=editor, expected_version=version, content=words, at=timezone.now())

    return {
        "board": Errand(lambda run: get(board)),
        "board_published": Errand(lambda run: get(board, stands="published")),
        "search_in_all": Errand(lambda run: get(search, q="balmoral gates")),
        "search_a_name": Errand(lambda run: get(search, q="thistlewood")),
        "search_begun": Errand(lambda run: get(search, q="balm")),
        "write": Errand(write),
        "home": Errand(lambda run: get("/")),
        "section": Errand(lambda run: get("/royals/")),
        "section_page_9": Errand(lambda run: get("/royals/", page="9")),
        "topic": Errand(lambda run: get("/topics/balmoral/")),
        "author": Errand(lambda run: get(author)),
        "sitemap": Errand(lambda run: get("/sitemap.xml")),
        "sitemap_of_a_month": Errand(lambda run: get(month)),
        "news_sitemap": Errand(lambda run: get("/news-sitemap.xml")),
        "feed": Errand(lambda run: get("/feeds/rss.xml")),
        "readers_search_in_all": Errand(lambda run: find(run, "balmoral gates")),
        "readers_search_a_name": Errand(lambda run: find(run, "thistlewood")),
        "readers_search_a_phrase": Errand(lambda run: find(run, "“the gates of balmoral” -corgi")),
        **moving.errands(editor),
    }


def main() -> None:
    compare("stories", SIZES, lambda stories: errands(fill(stories)))


if __name__ == "__main__":
    main()
