"""`index.html`: one file with styles, scripts and everything that it shows, and a policy that lets nothing else in."""

from __future__ import annotations

from base64 import b64encode
from collections import Counter
from datetime import UTC, datetime
from functools import cache
from hashlib import sha256
from typing import TYPE_CHECKING

from msgspec.json import encode

from chitty_action.model.evidence import Evidence
from chitty_action.model.text import timestamp
from chitty_action.site import drawing, integration, links, numbers, route_map, words
from chitty_action.site.verdict import verdict

if TYPE_CHECKING:
    from jinja2 import Environment

    from chitty_action.site.status import Incident, RouteMap, ServiceStatus, Status

STYLES = ("palette.css", "base.css", "summary.css", "tables.css", "map.css", "media.css")
HEAD_SCRIPT = ("theme.js",)
"""Runs before anything is drawn, so that nothing flashes in the wrong colours."""
SCRIPT = ("ages.js", "address.js", "tabs.js", "tables.js", "map.js", "fresh.js", "main.js")
WINDOWS = (1, 7, 30, 90)
_ICON_COLOURS = {"well": "1a7f4b", "warning": "b26a00", "broken": "c62f38", "unknown": "6b7480"}
_CLOSED = frozenset({"closed"})
_ICON_OF = {"passed": "healthy", "warned": "degraded", "failed": "down"}


def index(status: Status, *, has_metrics: bool) -> str:
    """Return the page."""
    style, head_script, script = asset(*STYLES), asset(*HEAD_SCRIPT), asset(*SCRIPT)
    from markupsafe import Markup

    return (
        _environment()
        .get_template("index.html")
        .render(
            _context(status),
            has_metrics=has_metrics,
            policy=policy(style, head_script, script),
            style=Markup(style),  # noqa: S704 - a file of this package
            head_script=Markup(head_script),  # noqa: S704 - same
            script=Markup(script),  # noqa: S704 - same
            embedded=Markup(embedded(_facts(status))),  # noqa: S704 - made safe for its place
        )
    )


def policy(style: str, *scripts: str) -> str:
    """Return the Content-Security-Policy: these very texts may be used, and nothing else may be loaded or sent."""
    allowed = " ".join(map(_hash, scripts))
    return (
        f"default-src 'none'; script-src {allowed}; style-src {_hash(style)}; connect-src 'self'; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"


def embedded(value: object) -> str:
    """Return a value as JSON that cannot end the script element that it stands in."""
    text = encode(value, order="deterministic").decode()
    for character in "<>&\N{LINE SEPARATOR}\N{PARAGRAPH SEPARATOR}":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text


def _facts(status: Status) -> dict[str, object]:
    """Return what the script has to know; all the rest is in the rows."""
    return {"generated": timestamp(utc(status.generated)), "staleAfter": status.stale_after}


def asset(*names: str) -> str:
    """Read files of this package's folder `assets`, one behind the other."""
    return "\n".join(_text("assets", name) for name in names)


@cache
def _text(folder: str, name: str) -> str:
    from importlib.resources import files

    return files("chitty_action.site").joinpath(folder, name).read_text("utf-8")


@cache
def _environment() -> Environment:
    from jinja2 import Environment, FunctionLoader, StrictUndefined

    environment = Environment(
        loader=FunctionLoader(lambda name: _text("templates", name)),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "brief": numbers.brief,
        "duration": words.duration,
        "iso": lambda at: timestamp(utc(at)),
        "kind": words.kind_told,
        "latency": words.latency,
        "linked": links.linked,
        "minute": lambda at: f"{utc(at):%Y-%m-%d %H:%MZ}",
        "percent": words.percent,
        "shown": words.shown,
        "action": words.told_action,
        "stamp": lambda at: words.stamp(utc(at)),
        "whole": words.whole,
    }
    environment.globals |= {
        "class_of": words.class_of,
        "commit_url": links.commit_url,
        "integration_of": integration.worst,
        "issue_number": links.issue_number,
        "kind_of": route_map.kind_of,
        "one_of": words.one_of,
        "plural": words.plural,
        "quantity": words.quantity,
        "run_number": links.run_number,
        "seen_healthy": words.seen_healthy,
        "short_commit": links.short_commit,
        "sparkline": drawing.sparkline,
        "window": words.window,
    }
    return environment


def utc(at: datetime) -> datetime:
    """Return a time in UTC; one without a zone is taken to be in it."""
    return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)


def _context(status: Status) -> dict[str, object]:
    counts = Counter(words.class_of(row.evidence) for row in status.services)
    others = [words.OTHER] if counts[words.OTHER] else []
    classes = [*(str(one) for one in Evidence if one is not Evidence.SKIPPED), *others, str(Evidence.SKIPPED)]
    conflicts = route_map.entries(status.routes)
    said = verdict(status)
    return {
        "status": status,
        "verdict": said,
        "icon_colour": _ICON_COLOURS[said.tone],
        "icon_of": _ICON_OF,
        "classes": classes,
        "counts": counts,
        "meanings": words.MEANINGS,
        "shares": drawing.shares([(name, counts[name]) for name in classes]),
        "services": sorted(status.services, key=_worst_first),
        "by_name": integration.rows(status),
        "integrated": integration.counts(status),
        "left_out": integration.left_out(status),
        "windows": WINDOWS,
        "open_incidents": [one for one in status.incidents if not _is_over(one)],
        "incidents_known": all(one.value is not None for one in status.numbers if one.id == "incidents-open"),
        "closed_incidents": [one for one in status.incidents if _is_over(one)],
        "cards": numbers.cards(status.numbers),
        "trend": drawing.trend(status.trend),
        "conflicts": conflicts,
        "zones": route_map.zone_maps(status.routes, conflicts),
        "kinds": _kinds(status.routes),
        "source_urls": {source.name: links.linked(source.url) for source in status.sources},
        "verdicts": Counter(words.one_of(one.verdict, *_ICON_OF) for one in status.deployments),
        "looks": drawing.LOOKS,
    }


def _worst_first(row: ServiceStatus) -> tuple[int, str, int]:
    return words.severity(row.evidence), row.name, row.position


def _is_over(incident: Incident) -> bool:
    return incident.action in _CLOSED


def _kinds(routes: RouteMap) -> Counter[str]:
    """Count the claims by kind, and those that take part in a conflict."""
    kinds = Counter(route_map.kind_of(claim) for claim in routes.claims)
    return kinds + Counter(conflict=sum(bool(claim.conflicts) for claim in routes.claims))
