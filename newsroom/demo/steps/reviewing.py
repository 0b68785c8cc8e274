"""From the reporter's submission to the published page: two people stand behind it."""

from __future__ import annotations

from articles.models import Draft
from newsroom.demo import content

from .job import Job, StepFailed, need, visible


def submit(job: Job) -> str:
    if job.draft.standing not in (Draft.Standing.DRAFT, Draft.Standing.CHANGES_REQUESTED):
        return _kept(job)
    answer = job.move("reporter", "submit")
    need(job.draft.standing == Draft.Standing.IN_REVIEW, f"submitting answered {answer.status}: {visible(answer.text)}")
    return "in review"


def approve_own(job: Job) -> str:
    if job.draft.standing != Draft.Standing.IN_REVIEW:
        return _kept(job)
    answer = job.move("reporter", "approve")
    need(answer.status in (403, 422), f"the site answered {answer.status}")
    need(job.draft.standing == Draft.Standing.IN_REVIEW, "the reporter’s approval was taken")
    return f"refused with {answer.status}, still in review"


def look_over(job: Job) -> str:
    for words, reason in content.WAIVED.items():
        if not job.told.waivers.filter(words=words).exists():
            answer = job.person("editor").post(
                job.at_story("waive"), {"words": words, "reason": reason}, Accept="application/json"
            )
            need(answer.status == 200, f"waiving answered {answer.status}: {answer.text[:200]}")
    if not job.told.live:
        answer = job.move("editor", "declare-live", on="story")
        need(job.told.live, f"declaring live answered {answer.status}: {visible(answer.text)}")
    return f"{job.told.waivers.count()} waived with a reason, live"


def approve(job: Job) -> str:
    if job.draft.standing != Draft.Standing.IN_REVIEW:
        return _kept(job)
    answer = job.move("editor", "approve")
    approved = job.draft.approved_revision
    if job.draft.standing != Draft.Standing.APPROVED or approved is None:
        raise StepFailed(f"approving answered {answer.status}: {visible(answer.text)}")
    return f"revision {approved.number}"


def publish(job: Job) -> str:
    if job.told.is_published:
        return f"kept: {job.told.path}"
    answer = job.move("editor", "publish")
    need(job.told.is_published, f"publishing answered {answer.status}: {visible(answer.text)}")
    return job.told.path


def _kept(job: Job) -> str:
    return f"kept: {job.draft.get_standing_display().lower()}"
