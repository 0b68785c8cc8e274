"""Where CI=true every test runs: what would be left out elsewhere, or be allowed to fail, is a failure there.

A plugin of pytest (``tests/conftest.py`` names it). A test that quietly stopped running is worse than one that fails.
"""

from __future__ import annotations

import os
from collections.abc import Generator

import pytest


def wanted() -> bool:
    return os.environ.get("CI") == "true"


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Fail a test that was skipped or was expected to fail (outermost: pytest's own judgement of both comes first)."""
    report = yield
    if wanted() and hasattr(report, "wasxfail"):
        report.longrepr = f"CI=true lets no test be expected to fail: {report.wasxfail}"
        report.outcome = "failed"
        del report.wasxfail
    elif wanted() and report.skipped:
        _fail(report)
    return report


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Fail a file that skips itself as a whole."""
    report = yield
    if wanted() and report.skipped:
        _fail(report)
    return report


def _fail(report: pytest.TestReport | pytest.CollectReport) -> None:
    why = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longreprtext
    report.longrepr = f"CI=true leaves no test out: {why}"
    report.outcome = "failed"
