"""The lead picture and every block of the text. What is asked of a block is its kind's own (``Block.checks``)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from articles.checks.registry import BOTH, Check, Matter, check, stop, warn
from newsroom import blocks


@check("Lead picture", "There is one, and all that is asked of a picture holds for it.", level=BOTH)
def lead_image(matter: Matter) -> Iterator[Check]:
    pk = matter.revision.lead_image_id
    if pk is None:
        yield warn("There is no lead image.", "lead_image")
        return
    block = blocks.get("image")
    placement = matter.placements.get("image", {}).get(pk)
    if block is None or placement is None:
        yield stop("The lead image no longer exists.", "lead_image")
        return
    yield from (_of_block(problem, "lead_image") for problem in block.checks(placement, matter.at))


@check("Blocks", "Each block of the text is there and known; what its kind asks stands below.", level=BOTH)
def every_block(matter: Matter) -> Iterator[Check]:
    for reference in dict.fromkeys(blocks.references(matter.revision.body)):
        block = blocks.get(reference.kind)
        placement = matter.placements.get(reference.kind, {}).get(reference.id)
        where = f"{reference.kind}:{reference.id}"
        if block is None:
            yield stop(f"A block of the unknown kind “{reference.kind}” stands in the text.", where)
        elif placement is None:
            yield stop(f"{block.label} {reference.id} no longer exists.", where)
        else:
            yield from (_of_block(problem, where) for problem in block.checks(placement, matter.at))


def _of_block(problem: blocks.Problem, where: str) -> Check:
    made = (stop if problem.stop else warn)(problem.message, where)
    return replace(made, page=problem.page, sourcing=problem.guarded)
