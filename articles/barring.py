"""Where products may not be plugged: a section's rule, or an editor's word about one story (a death, an illness, a crime)."""

from __future__ import annotations

from collections.abc import Iterator

from articles import products
from articles.checks import STOP, Check, Matter, check, stop
from articles.checks.links import links
from articles.models import Story
from newsroom.wording import quoted


def why(story: Story) -> str:
    """The sentence for the desk, or "" where products may stand. Reads ``story.section``."""
    if story.section.products_barred:
        return f"Products are barred in {story.section.name}. Only an administrator can change that."
    if story.products_barred:
        return "An editor barred products in this story. An editor can lift that in the Story tab."
    return ""


@check(
    "Barred products",
    "No product and no link to a shop stands where a section or an editor bars them.",
    level=STOP,
)
def no_plugs(matter: Matter) -> Iterator[Check]:
    """A product block, or a link to a shop in the running text, where neither may stand. Nobody waives it: the section's
    rule is the administrator's, the story's is lifted where it was set."""
    said = why(matter.story)
    if not said:
        return
    for pk, placement in matter.placements.get("product", {}).items():
        yield stop(f"{quoted(placement.title)} cannot stand here. {said}", f"product:{pk}")
    said_of: set[str] = set()
    for link in links(matter.revision.body):
        if link.address not in said_of and products.link_rel(link.address):
            said_of.add(link.address)
            yield stop(f"The link to {link.address[:80]} cannot stand here. {said}", link.where)
