"""A reader opens the page, and the feed carries the story."""

from __future__ import annotations

import html
import io
import re

from django.urls import reverse
from PIL import Image

from articles import products
from newsroom.demo import content
from newsroom.demo.visitor import Answer, Visitor

from .job import Job, need, wait_for


def read(job: Job) -> str:
    path = job.told.path
    page = wait_for(lambda: _whole_page(job, path), "the page with its pictures")
    text = html.unescape(page.text)
    boxes = re.findall(r'<input type="checkbox"[^>]*>\s*<span>([^<]*)</span>', text)
    parts = {
        "headline": content.HEADLINE in text,
        "standfirst": content.STANDFIRST in text,
        "the note that pictures stand in": content.PUBLICATION["stand_in_note"] in text,
        "two credits": text.count(f"(Image credit: {content.AGENCY})") >= 2,
        "quotations": all(entry.words in text for entry in content.QUOTATIONS.values()),
        "product": all(content.PRODUCT[part] in text for part in ("maker", "title", "price", "merchant", "blurb")),
        "disclosure before every paid link": not products.undisclosed(page.text),
        "rel of the product’s link": 'rel="sponsored nofollow noopener"' in page.text,
        "newsletter": content.NEWSLETTER["name"] in text and content.NEWSLETTER["promise"] in text,
        "two boxes, in their wording": boxes == [content.BRANDS, content.PARTNERS],
        "boxes unticked": "checked" not in "".join(re.findall(r"<input[^>]*checkbox[^>]*>", page.text)),
        "live notice": "We will continue to update this story." in text,
        "structured data": '"NewsArticle"' in page.text or '"LiveBlogPosting"' in page.text,
        "no cookie": "set-cookie" not in page.headers,
        "strict policy": "default-src 'none'" in page.headers.get("content-security-policy", ""),
    }
    missing = [name for name, found in parts.items() if not found]
    need(not missing, f"the page lacks: {', '.join(missing)}")
    files = _pictures(job, page.text)
    # Pictures of the stories beside it may still be made meanwhile: then the page is another, and is asked for anew.
    wait_for(lambda: _as_it_was(job, path), "a second visit that is answered 304")
    return f"{len(parts)} parts found, {len(page.text) // 1024} KB, {files} picture files, then 304"


def _as_it_was(job: Job, path: str) -> bool:
    visitor = Visitor(job.origin)
    page = visitor.get(path)
    return visitor.get(path, **{"If-None-Match": page.headers["etag"]}).status == 304


def _pictures(job: Job, page: str) -> int:
    """Fetch every file of every picture, and see that it is one, as wide as the page says; returns how many there are."""
    promised = {
        address: int(width)
        for each in re.findall(r'srcset="([^"]*)"', page)
        for address, width in re.findall(r"(\S+) (\d+)w", html.unescape(each))
    }
    for address, width in promised.items():
        answer = Visitor(job.origin).get(address)
        kind = answer.headers.get("content-type", "")
        need(answer.status == 200 and kind.startswith("image/"), f"{address} answered {answer.status} with {kind}")
        with Image.open(io.BytesIO(answer.body)) as picture:
            need(picture.width == width, f"{address} is {picture.width} pixels wide, not {width}")
    return len(promised)


def _whole_page(job: Job, path: str) -> Answer | None:
    """The page, once the pictures have their sizes from the worker; None before."""
    page = Visitor(job.origin).get(path)
    need(page.status == 200, f"the page answered {page.status}")
    drawn = page.text.count("srcset") >= 2 and "pictures/waiting" not in page.text
    return page if drawn and "etag" in page.headers and page.headers.get("x-page") != "stale" else None


def feed(job: Job) -> str:
    address = reverse("reader:rss")
    answer = wait_for(lambda: _carrying(job, address), "the story in the feed")
    need(content.AGENCY in answer.text, "the feed has no credit")
    return address


def _carrying(job: Job, address: str) -> Answer | None:
    answer = Visitor(job.origin).get(address)
    return answer if html.escape(content.HEADLINE) in answer.text or content.HEADLINE in answer.text else None
