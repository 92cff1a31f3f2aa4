"""What is said of a claim that would change who answers, in sentences that may quote remote text, and its cure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chitty_action.model.text import and_more, in_quotes, one_line
from chitty_action.routes.takeover import Change
from chitty_action.routes.words import answer_told

if TYPE_CHECKING:
    from chitty_action.routes.takeover import Effect


def effect_told(effect: Effect, *, is_allowed: bool) -> str:
    """Say what a claim would do to whom, and who answers now at a URL that shows it; a takeover may be allowed."""
    ours, theirs = effect.claim.told, effect.loser.told + and_more(effect.more)
    match effect.change:
        case Change.TAKEOVER if is_allowed:
            told = f"{ours} will take {theirs}, as .chittyconnect.yml allows"
        case Change.TAKEOVER:
            told = f"{ours} would take {theirs}"
        case Change.UNCLEAR:
            told = f"{ours} may take URLs of {theirs}, Cloudflare documents no order"
        case Change.NEVER:
            told = f"{ours} would never be matched, because {theirs} goes before it"
        case Change.CARVED:
            told = f"{ours} takes a more specific part of {theirs}"
        case Change.RENAMED:
            told = f"{ours} takes {theirs}, which is the same Worker by another name"
        case Change.REVIVED:
            told = f"{ours} takes {theirs}, which is not there any more"
    return f"{told}: {effect.witness} {answer_told(effect.now)} now"


def effect_cured(effect: Effect, source: str) -> str:
    """Say what to do about it, where something should be done; `source` is the file in which the claim stands."""
    worker = one_line(effect.loser.worker or "", 80)
    match effect.change:
        case Change.TAKEOVER:
            line = in_quotes(f'"{effect.claim.text}": {worker}')
            return f"remove it from {source}, or allow it in .chittyconnect.yml below routes.takeover: {line}"
        case Change.UNCLEAR:
            return "make one of the patterns more specific, or write both with the same scheme"
        case Change.NEVER:
            return f"remove it from {source}, or the other one from {worker}"
        case _:
            return ""
