"""Why a picture may not be shown in a place, and what whoever shows it must know: pure functions of its rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.utils import timezone

from media_assets import categories
from media_assets.models import Asset, Condition, RightsRow, Use

# What an exception may lift, and what it is called where one is made. Everything else is hard: credit, alternative text,
# a denial, an embargo, a right that is missing or has ended. No role and no row bends those.
EXCEPTABLE = {
    "call-for-image": "It must be cleared with the sales representative first",
    "sensitive": "It is sensitive: an editor decides",
    "category-use": "Its kind is not for this place",
}


class Reason(str):
    """Why a picture may not be shown: a sentence for people, with a ``name`` for code."""

    name: str

    def __new__(cls, name: str, sentence: str) -> Reason:
        made = super().__new__(cls, sentence)
        made.name = name
        return made


@dataclass(frozen=True)
class Usability:
    """The answer. ``reasons`` is empty exactly when ``allowed``. ``warnings``: what binds whoever shows it all the same,
    and that the site cannot see to by itself (where in the world it may be shown)."""

    allowed: bool
    reasons: list[Reason]
    warnings: list[Reason] = field(default_factory=list)

    @property
    def names(self) -> set[str]:
        return {reason.name for reason in self.reasons}

    @property
    def sentence(self) -> str:
        return " ".join(self.reasons)


def of_category(asset: Asset, rows: Sequence[RightsRow], use: Use, at: datetime) -> list[Reason]:
    """What the picture's kind asks for and nobody gave."""
    if not asset.category:
        return []
    category = categories.named(asset.category)
    if category is None:
        return [Reason("category-unknown", "Its kind is none that is known here. Say what kind of picture it is.")]
    said = category.label
    found = []
    if lacks := categories.lacking(category, asset):
        found.append(Reason("category-incomplete", f"{said}: it lacks “{'”, “'.join(lacks)}”."))
    given = str(asset.category_facts.get(category.in_credit, "")) if category.in_credit else ""
    if given and given not in asset.credit:
        found.append(Reason("credit-names", f"{said}: its credit must name “{given}”."))
    if use in category.not_for:
        found.append(Reason("category-use", f"{said}: such pictures may not be used {place(use)}."))
    if category.sensitive:
        found.append(Reason("sensitive", f"{said}: an editor must decide before it is used {place(use)}."))
    granting = [row for row in rows if row.allowed and row.covers(use) and row.in_force(at)]
    if category.ends and granting and all(row.ends_at is None for row in granting):
        found.append(Reason("needs-end", f"{said}: the right to use it {place(use)} must have an end."))
    if category.priced and granting and all(row.cost is None for row in granting):
        found.append(Reason("no-cost", f"{said}: the right to use it {place(use)} must name what it cost."))
    return found


def of_rows(rows: Sequence[RightsRow], use: Use, at: datetime) -> list[Reason]:
    """What denials, conditions and permissions say: at most one of each."""
    covering = [row for row in rows if row.covers(use)]
    found = []
    for condition in (Condition.EMBARGO, Condition.CALL, Condition.SENSITIVE):
        row = next((row for row in covering if row.condition == condition and row.in_force(at)), None)
        if row is not None:
            found.append(_of_condition(row))
    plain = [row for row in covering if not row.condition]
    denial = next((row for row in plain if not row.allowed and row.in_force(at)), None)
    if denial is not None:
        until = f" until {day(denial.ends_at)}" if denial.ends_at else ""
        return [*found, Reason("denied", f"It may not be used {place(denial.use)}{until}{_noted(denial)}.")]
    permissions = [row for row in plain if row.allowed]
    if any(row.in_force(at) for row in permissions):
        return found
    where = "anywhere" if {row.use for row in permissions} == {Use.ANY} else place(use)
    if not permissions:
        return [*found, Reason("no-right", f"Nobody has recorded a right to use it {place(use)}.")]
    coming = [row.starts_at for row in permissions if row.starts_at and row.starts_at > at]
    if coming:
        return [*found, Reason("not-yet", f"It may be used {where} from {day(min(coming))}.")]
    ended = [row.ends_at for row in permissions if row.ends_at]
    return [*found, Reason("ended", f"The right to use it {where} ended on {day(max(ended))}.")]


def _of_condition(row: RightsRow) -> Reason:
    note = _noted(row)
    if row.condition == Condition.EMBARGO:
        until = f" until {day(row.ends_at)}" if row.ends_at else ""
        return Reason("embargo", f"It is under embargo {place(row.use)}{until}{note}.")
    if row.condition == Condition.CALL:
        return Reason(
            "call-for-image",
            f"It must be cleared with the sales representative before it is used {place(row.use)}{note}.",
        )
    return Reason("sensitive", f"It is sensitive: an editor must decide before it is used {place(row.use)}{note}.")


def lifting(rows: Sequence[RightsRow], use: Use, at: datetime) -> dict[str, RightsRow]:
    """The exceptions in force: what each lifts -> its row. One that lifts what is hard, or never ends, lifts nothing."""
    return {
        row.lifts: row
        for row in rows
        if row.condition == Condition.EXCEPTION
        and row.ends_at
        and row.lifts in EXCEPTABLE
        and row.covers(use)
        and row.in_force(at)
    }


def warnings(
    asset: Asset, rows: Sequence[RightsRow], lifted: dict[str, RightsRow], use: Use, at: datetime
) -> list[Reason]:
    """What whoever shows the picture must know."""
    found = []
    category = categories.named(asset.category)
    if not asset.category:
        found.append(Reason("no-category", "Nobody has said what kind of picture it is."))
    elif category and category.said:
        found.append(Reason("category", f"{category.label}: {category.said[0].lower()}{category.said[1:]}"))
    if terms := str(asset.category_facts.get(categories.TERMS.name, "")).strip():
        found.append(Reason("terms", f"Its agency’s restrictions: {terms.rstrip('.')}."))
    granting = [row for row in rows if row.allowed and row.covers(use) and row.in_force(at)]
    # One permission that knows no such limit is enough.
    if granting and all(row.territory for row in granting):
        wheres = "; ".join(dict.fromkeys(row.territory.rstrip(".") for row in granting))
        said = f"{wheres}. This site is read everywhere and does not keep the picture from any country."
        found.append(Reason("territory", said))
    for name, row in lifted.items():
        by = f" by {row.by}" if row.by else ""
        found.append(Reason(f"exception-{name}", f"Let through{by} until {day(row.ends_at)}: {row.note.rstrip('.')}."))
    return found


def place(use: str) -> str:
    return {
        Use.ANY: "anywhere",
        Use.WEB: "on the website",
        Use.FEED: "in feeds",
        Use.MAIL: "in newsletters",
        Use.SOCIAL: "on social media",
    }[Use(use)]


def day(moment: datetime | None) -> str:
    assert moment is not None
    local = timezone.localtime(moment)
    return f"{local.day} {local:%B %Y}, {local:%H:%M %Z}"


def _noted(row: RightsRow) -> str:
    return f" ({row.note.rstrip('.')})" if row.note else ""
