"""The inputs of action.yml as one frozen value, and how the environment becomes it (interface, sections 1 and 2)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Literal

from msgspec import Struct

from chitty_action.errors import InputError, Problem
from chitty_action.inputs import github_names
from chitty_action.inputs import values as read
from chitty_action.inputs.values import Ignore
from chitty_action.model.finding import Finding, Level
from chitty_action.model.subject import Phase
from chitty_action.model.text import one_line

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from datetime import datetime

    from chitty_action.inputs.values import Secret

PREFIX = "INPUT_"
DEFAULT_TEMPLATE: Final = "https://{name}.chitty.cc"
SECRETS: Final = ("register-token", "api-key", "admin-token", "cloudflare-api-token", "github-token", "state-token")
_RUNNERS_OWN = {"args", "entrypoint"}
"""Keys of `with:` that the runner itself reads for a container action."""


class Inputs(Struct, frozen=True, kw_only=True, rename="kebab"):
    """Every input of every phase. Times are seconds; URLs have no trailing slash; secrets never print themselves."""

    phase: Phase
    service_name: str | None = None
    service_url: str | None = None
    service_url_template: str = DEFAULT_TEMPLATE
    environment: str = "production"
    working_directory: str = "."
    connect_url: str = "https://connect.chitty.cc"
    registry_url: str = "https://registry.chitty.cc"
    register_url: str = "https://register.chitty.cc"
    api_url: str = "https://api.chitty.cc"
    mcp_url: str = "https://mcp.chitty.cc"
    cloudflare_api_url: str = "https://api.cloudflare.com/client/v4"
    register_token: Secret | None = None
    api_key: Secret | None = None
    admin_token: Secret | None = None
    cloudflare_api_token: Secret | None = None
    cloudflare_account_id: str | None = None
    github_token: Secret | None = None
    capabilities: tuple[str, ...] = ("api", "mcp")
    registration_file: str | None = None
    deployment_result: Literal["success", "failure", "cancelled", "skipped"] = "success"
    context_sync: Literal["auto", "always", "never"] = "auto"
    health_condition: str | None = None
    on_blocked: Literal["warning", "error"] = "warning"
    fail_on: Literal["error", "warning", "never"] = "error"
    dry_run: bool = False
    timeout: float = 10
    retries: int = 3
    deadline: float = 300
    wait_for_health: float = 60
    wait_for_discovery: float = 0
    concurrency: int = 64
    open_after: int = 1
    close_after: int = 1
    ignore: Ignore = Ignore()
    issue_labels: tuple[str, ...] = ("automated", "ecosystem-health", "priority:high")
    issue_assignees: tuple[str, ...] = ()
    state_repository: str | None = None
    state_branch: str | None = None
    state_token: Secret | None = None
    started_at: datetime | None = None
    site_path: str | None = None
    report_path: str | None = None
    allow_private_hosts: bool = False
    log_level: Literal["debug", "info", "warning", "error"] = "info"


def _readers(phase: str | None, *, allow_private: bool) -> dict[str, Callable[[str], object]]:
    """Say how the text of each input is read. For a token that the phase does not send, any text will do."""
    url = read.web_url(allow_private=allow_private)
    token = read.secret if phase == Phase.PRE else read.header_secret
    cloudflare_token = read.secret if phase == Phase.POST else read.header_secret
    return {
        "phase": read.phase,
        "service-name": read.service_name,
        "service-url": read.service_address(allow_private=allow_private),
        "service-url-template": read.url_template(allow_private=allow_private),
        "environment": read.environment_name,
        "working-directory": read.one_line_text,
        "connect-url": url,
        "registry-url": url,
        "register-url": url,
        "api-url": url,
        "mcp-url": url,
        "cloudflare-api-url": url,
        "register-token": token,
        "api-key": token,
        "admin-token": token,
        "cloudflare-api-token": cloudflare_token,
        "cloudflare-account-id": read.account_id,
        "github-token": read.secret,
        "capabilities": read.capability_list,
        "registration-file": read.one_line_text,
        "deployment-result": read.choice("success", "failure", "cancelled", "skipped"),
        "context-sync": read.choice("auto", "always", "never"),
        "health-condition": read.jq_program,
        "on-blocked": read.choice("warning", "error"),
        "fail-on": read.choice("error", "warning", "never"),
        "dry-run": read.boolean,
        "timeout": read.seconds(0.01, 3_600),
        "retries": read.whole_number(0, 20),
        "deadline": read.seconds(0.1, 86_400),
        "wait-for-health": read.seconds(0, 3_600),
        "wait-for-discovery": read.seconds(0, 3_600),
        "concurrency": read.whole_number(1, 1_024),
        "open-after": read.whole_number(1, 100),
        "close-after": read.whole_number(1, 100),
        "ignore": read.ignored,
        "issue-labels": read.label_list,
        "issue-assignees": read.label_list,
        "state-repository": github_names.repository_name,
        "state-branch": github_names.branch_name,
        "state-token": read.secret,
        "started-at": read.moment,
        "site-path": read.one_line_text,
        "report-path": read.one_line_text,
        "allow-private-hosts": read.boolean,
        "log-level": read.choice("debug", "info", "warning", "error"),
    }


def input_names() -> tuple[str, ...]:
    """Return every input's name as action.yml spells it."""
    return Inputs.__struct_encode_fields__


class Given(Struct, frozen=True):
    """What the environment gives: trimmed values by input name, and names that mean nothing to the action.

    `overruled` are underscore spellings that do not count because the hyphenated variable is there.
    """

    values: Mapping[str, str]
    unknown: tuple[str, ...] = ()
    overruled: tuple[str, ...] = ()

    @property
    def secrets(self) -> tuple[str, ...]:
        """The values that must never be printed."""
        return tuple(self.values[name] for name in SECRETS if self.values.get(name))


def variable(name: str) -> str:
    """Return the variable in which the runner hands an input over: upper-case, hyphens kept."""
    return PREFIX + name.upper().replace(" ", "_")


def given(environ: Mapping[str, str]) -> Given:
    """Collect the inputs; an underscore alias counts only when the hyphenated variable is absent altogether."""
    names = input_names()
    values, overruled, known = {}, [], set()
    for name in names:
        spelled, alias = variable(name), variable(name).replace("-", "_")
        known |= {spelled, alias}
        value = environ.get(spelled, environ.get(alias))
        if value is not None and value.strip():
            values[name] = value.strip()
        if spelled != alias and spelled in environ and environ.get(alias, "").strip():
            overruled.append(alias)
    unknown = (key for key in environ if key.startswith(PREFIX) and key not in known)
    strangers = tuple(sorted(key for key in unknown if key.removeprefix(PREFIX).lower() not in _RUNNERS_OWN))
    return Given(values, strangers, tuple(overruled))


def parse(gathered: Given, more_problems: Iterable[Problem] = ()) -> Inputs:
    """Read the values.

    Raises:
        InputError: with every input that does not parse, and `more_problems` that the caller has found.
    """
    private = gathered.values.get("allow-private-hosts", "").lower() == "true"
    readers = _readers(gathered.values.get("phase"), allow_private=private)
    values: dict[str, Any] = {}
    problems = []
    for field, name in zip(Inputs.__struct_fields__, input_names(), strict=True):
        text = gathered.values.get(name)
        try:
            if text is not None:
                values[field] = readers[name](text)
            elif name == "phase":
                problems.append(Problem(name, f"input {name} is not given", f"give one of {', '.join(Phase)}"))
        except ValueError as error:
            problems.append(_problem(gathered, name, text or "", str(error)))
    problems += more_problems
    if problems:
        raise InputError(*problems)
    return Inputs(**values)


def _problem(gathered: Given, name: str, value: str, allowed: str) -> Problem:
    if name in SECRETS:
        return Problem(name, f"input {name} cannot be used: it must be {allowed}")
    password = "@" in value and (":" in value or "/" in value)
    secret = password or any(secret in value for secret in gathered.secrets)
    shown = "not shown, because it may hold a secret" if secret else one_line(repr(value), 80)
    return Problem(name, f"input {name} is {shown}: it must be {allowed}")


def remarks(gathered: Given) -> tuple[Finding, ...]:
    """Say what was given and not used: unknown names, with a did-you-mean, and overruled aliases."""
    return (*_unknown(gathered), *_overruled(gathered))


def _unknown(gathered: Given) -> Iterator[Finding]:
    if not gathered.unknown:
        return
    from difflib import get_close_matches

    names = {variable(name).removeprefix(PREFIX): name for name in input_names()}
    for key in gathered.unknown:
        bare = key.removeprefix(PREFIX)
        close = get_close_matches(bare.replace("_", "-"), names, n=1)
        hint = f"did you mean {names[close[0]]}?" if close else "see the list of inputs in the README"
        spelled = one_line(bare.lower().replace("_", "-"), 80)
        yield Finding("inputs", spelled, Level.WARNING, f"input {spelled} is unknown and was not used", hint)


def _overruled(gathered: Given) -> Iterator[Finding]:
    for key in gathered.overruled:
        name = key.removeprefix(PREFIX).lower().replace("_", "-")
        message = f"{key} was not used, because the step itself hands {name} over"
        yield Finding("inputs", name, Level.NOTICE, message)
