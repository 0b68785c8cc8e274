"""Where the links of the running text lead: to a page of ours that is there, and to no shop that readers are not told of."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from html import unescape
from urllib.parse import parse_qs, urlsplit

from django.conf import settings
from django.urls import Resolver404, resolve

from articles import addresses, moments
from articles.checks.registry import STOP, Check, Matter, check, stop
from articles.merchants import clean_host, link_rel, pays
from articles.models import EarlierSection, Section, Story
from newsroom import blocks
from newsroom.wording import quoted

_LINK = re.compile(r'<a href="([^"]*)"[^>]*>(.*?)</a>', re.DOTALL)
_BEHIND_DOORS = ("/desk/", "/admin/", "/inbox/")
# The networks that our merchants name are known from their tracking templates (``merchants.pays``). These are for a link
# that came along from elsewhere: hosts that do nothing but count who sent a buyer. As printed in
# - help.awin.com and wiki.awin.com, "Publisher Click Ref" (awin1.com; clickref, awc); tidd.ly are its short links,
# - docs.planethowl.com, "Clickmate" (howl.me, formerly shop-links.co),
# - fmtc.atlassian.net, "Link Structures" of ShareASale and Impact,
# - toptut.com, "The blogger's guide to affiliate links" (LTK: rstyle.me, liketk.it; ShopStyle: shopstyle.it),
# - links as shops and papers printed them, in public repositories: CJ, Rakuten (linksynergy.com), Partnerize (prf.hn),
#   Skimlinks (go.skimresources.com, go.redirectingat.com), Sovrn (redirect.viglink.com), Amazon (amzn.to), fave.co.
_NETWORKS = frozenset(
    """
    amzn.to anrdoezrs.net awin1.com click.linksynergy.com dpbolvw.net fave.co go.redirectingat.com
    go.skimresources.com howl.me jdoqocy.com kqzyfj.com liketk.it linksynergy.com prf.hn pxf.io redirect.viglink.com
    rstyle.me shareasale.com shop-links.co shopstyle.it sjv.io tidd.ly tkqlhce.com
    """.split()  # noqa: SIM905
)
_MARKS = frozenset({"awc", "clickref", "aff_id", "affid", "affiliate", "affiliate_id", "irclickid", "ranmid"})


@dataclass(frozen=True)
class Link:
    """A link of the text: where it leads, its words, the place where it stands."""

    address: str
    words: str
    where: str


def links(body: str) -> list[Link]:
    """The links of a body, in order."""
    return [
        Link(unescape(address), blocks.plain_text(words).strip() or "a picture", f"body:{number}")
        for number, element in enumerate(blocks.paragraphs.split(body) if "<a " in body else [])
        for address, words in _LINK.findall(element)
    ]


@check(
    "Links to our own pages",
    "Each leads to a page that readers can open: no story that was withdrawn, is not published or is not there, nothing "
    "of the desk. It holds back the approval alone: a story that is withdrawn later stops no planned publication.",
    level=STOP,
    stops=("approve",),
    waived_by="editor",
)
def own_links(matter: Matter) -> Iterator[Check]:
    """At most two queries, however many links."""
    ours = [(link, path) for link in links(matter.revision.body) if (path := _own_path(link.address)) is not None]
    if not ours:
        return
    missing = _missing({path for _, path in ours}, matter.at)
    for link, path in ours:
        if why := missing.get(path):
            yield stop(
                f"The link {quoted(_short(link.words))} leads to {path[:120]}, {why}.", link.where, about=path[:500]
            )


def _own_path(address: str) -> str | None:
    """The path on our site that an address leads to; None for every other address."""
    try:
        parts = urlsplit(address.strip())
        host = clean_host(parts.hostname or "")
    except ValueError:
        return None
    if parts.scheme not in ("", "http", "https") or not (host or parts.path.startswith("/")):
        return None  # a mail address, a part of this page
    if host and host not in {
        clean_host(urlsplit(settings.ORIGIN).hostname or ""),
        *map(clean_host, settings.ALLOWED_HOSTS),
    }:
        return None
    path = parts.path or "/"
    return path if path.endswith("/") or "." in path.rpartition("/")[2] else f"{path}/"


def _missing(paths: set[str], at: datetime) -> dict[str, str]:
    """Path -> why readers cannot open it."""
    found: dict[str, str] = {}
    stories: dict[str, tuple[str, str]] = {}
    sections: dict[str, str] = {}
    for path in paths:
        if path.startswith(_BEHIND_DOORS):
            found[path] = "which is a page of the desk"
            continue
        try:
            match = resolve(path)
        except Resolver404:
            found[path] = "which is not there"
            continue
        if match.view_name == "reader:story":
            stories[path] = (match.kwargs["section"], match.kwargs["slug"])
        elif match.view_name == "reader:section":
            sections[path] = match.kwargs["section"]
    if stories:
        found |= _missing_stories(stories, at)
    if sections:
        known = {
            slug
            for model in (Section, EarlierSection)
            for slug in model._default_manager.filter(slug__in=sections.values()).values_list("slug", flat=True)
        }
        found |= {path: "which is not there" for path, slug in sections.items() if slug not in known}
    return found


def _missing_stories(stories: dict[str, tuple[str, str]], at: datetime) -> dict[str, str]:
    known = addresses.stories_at(stories.values())
    said = {path: _why_not(known.get(place), at) for path, place in stories.items()}
    return {path: why for path, why in said.items() if why}


def _why_not(story: Story | None, at: datetime) -> str:
    if story is None:
        return "where there is no story"
    if story.readers == Story.Readers.WITHDRAWN:
        return "a story that was withdrawn"
    if not story.is_published:
        return "a story that is not published"
    if story.embargo_until is not None and story.embargoed(at):
        return f"a story under embargo until {moments.said(story.embargo_until)}"
    return ""


@check(
    "Disclosure",
    "No link in the running text earns a commission that readers are not told of: its shop is a merchant of the library, "
    "so that the link is marked and the disclosure stands above the text.",
    level=STOP,
    waived_by="editor",
)
def disclosure(matter: Matter) -> Iterator[Check]:
    """Promise 16. A link to a known merchant is marked, and the page discloses it, by itself."""
    for link in links(matter.revision.body):
        if _earns(link.address) and not link_rel(link.address):
            yield stop(
                f"The link {quoted(_short(link.words))} looks like an affiliate link, and its shop is not in the library: readers "
                "would meet no disclosure. Add the merchant, or put the product in as a block.",
                link.where,
                about=link.address[:500],
            )


def _earns(address: str) -> bool:
    try:
        parts = urlsplit(address.strip())
        host = clean_host(parts.hostname or "")
        asked = {name.lower() for name in parse_qs(parts.query)}
    except ValueError:
        return False
    if pays(address) and _own_path(address) is None:
        return True
    if any(host == known or host.endswith(f".{known}") for known in _NETWORKS):
        return True
    return bool(asked & _MARKS) or ("amazon." in host and "tag" in asked)


def _short(words: str) -> str:
    return words if len(words) <= 60 else words[:59].rstrip() + "…"
