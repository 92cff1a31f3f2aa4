"""What deployments say: how many registered, how many passed, how long they took (design, "Metrics to Track")."""

from __future__ import annotations

from datetime import timedelta
from statistics import fmean
from typing import TYPE_CHECKING, Final

from chitty_action.metrics.catalogue import number
from chitty_action.metrics.percentiles import percentile
from chitty_action.metrics.sources import of_deployments, told
from chitty_action.model.evidence import Evidence

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from chitty_action.metrics.numbers import Number
    from chitty_action.state.deployment import Deployment
    from chitty_action.state.history import History

WINDOW: Final = timedelta(days=30)
NO_DEPLOYMENT: Final = "No deployment of the last 30 days is remembered."


def rates_of(history: History, now: datetime) -> tuple[Number, ...]:
    """Return the numbers that rest on the deployments of the last 30 days, to every environment.

    The attempts of one run at one service and environment are one deployment: the last of them. Only deployments whose
    own result was `success` are counted, because of the others nothing was to be registered or verified.
    """
    attempts = [each for each in history.deployments if now - WINDOW < each.at <= now]
    last = {each.key[:3]: each for each in attempts}
    done = [each for each in last.values() if each.result == "success"]
    notes = [
        "" if last else NO_DEPLOYMENT,
        told(
            sum(each.at > now for each in history.deployments),
            "1 deployment claims to be of the future and is not counted.",
            "{} deployments claim to be of the future and are not counted.",
        ),
        told(
            len(last) - len(done),
            "1 deployment did not end with success and is not counted.",
            "{} deployments did not end with success and are not counted.",
        ),
        told(
            len(attempts) - len(last),
            "1 earlier attempt is not counted.",
            "{} earlier attempts are not counted.",
        ),
    ]
    return _registration(done, notes), _integration(done, notes), *_time(done, notes)


def _registration(done: Sequence[Deployment], notes: Sequence[str]) -> Number:
    known = [each for each in done if each.registered is not None]
    unknown = told(
        len(done) - len(known),
        "Of 1 deployment it is not known whether the registration was accepted; it is not counted.",
        "Of {} deployments it is not known whether the registration was accepted; they are not counted.",
    )
    accepted = sum(bool(each.registered) for each in known)
    return _number("registration-success-rate", _share(accepted, known), known, [*notes, unknown])


def _integration(done: Sequence[Deployment], notes: Sequence[str]) -> Number:
    verified = [each for each in done if _is_verified(each)]
    unseen = told(
        len(done) - len(verified),
        "Of 1 deployment nothing was looked at; it is not counted.",
        "Of {} deployments nothing was looked at; they are not counted.",
    )
    passed = sum(not each.failed for each in verified)
    return _number("integration-pass-rate", _share(passed, verified), verified, [*notes, unseen])


def _is_verified(deployment: Deployment) -> bool:
    """Whether anything is known of its integration: what nobody looked at has no failure either."""
    seen = (deployment.registered, deployment.proxied, deployment.discovered, deployment.mcp_tools)
    return bool(deployment.failed) or deployment.health != Evidence.SKIPPED or any(each is not None for each in seen)


def _time(done: Sequence[Deployment], notes: Sequence[str]) -> tuple[Number, Number]:
    timed = [each for each in done if each.durations.deployment is not None]
    seconds = [each.durations.deployment or 0.0 for each in timed]
    untimed = told(
        len(done) - len(timed),
        "1 deployment did not say credibly when it started (input started-at: not given, in the future, or more than 7 "
        "days back) and is not counted.",
        "{} deployments did not say credibly when they started (input started-at: not given, in the future, or more "
        "than 7 days back) and are not counted.",
    )
    return (
        _number("deployment-time-mean", fmean(seconds) if seconds else None, timed, [*notes, untimed]),
        _number("deployment-time-p95", percentile(seconds, 95), timed, [*notes, untimed]),
    )


def _share(part: int, whole: Sequence[Deployment]) -> float | None:
    return part / len(whole) if whole else None


def _number(which: str, value: float | None, counted: Sequence[Deployment], notes: Sequence[str]) -> Number:
    newest = max((each.at for each in counted), default=None)
    return number(which, value, at=newest, sources=of_deployments(counted), notes=notes)
