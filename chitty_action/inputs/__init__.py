"""The inputs of action.yml as one frozen model, and how the environment becomes it (interface, sections 1 and 2)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
)

from chitty_action.errors import InputError, Problem
from chitty_action.inputs import values as read
from chitty_action.model.finding import Finding, Level
from chitty_action.model.subject import Phase
from chitty_action.model.text import one_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

PREFIX = "INPUT_"
_RUNNERS_OWN = {
    "args",
    "entrypoint",
}  # keys of `with:` that the runner itself reads for a container action

_Url = Annotated[str, BeforeValidator(read.web_url)]
_Text = Annotated[str, BeforeValidator(read.one_line_text)]
_Token = Annotated[SecretStr | None, BeforeValidator(read.header_text)]
_Labels = Annotated[tuple[str, ...], BeforeValidator(read.label_list)]
_Boolean = Annotated[bool, BeforeValidator(read.boolean)]


class Inputs(BaseModel):
    """Every input of every phase. Times are seconds; URLs have no trailing slash; secrets never print themselves."""

    model_config = ConfigDict(frozen=True)

    phase: Annotated[Phase, BeforeValidator(read.choice(*Phase))]
    service_name: Annotated[str | None, BeforeValidator(read.service_name)] = Field(None, alias="service-name")
    service_url: Annotated[str | None, BeforeValidator(read.service_address)] = Field(None, alias="service-url")
    service_url_template: Annotated[str, BeforeValidator(read.url_template)] = Field(
        "https://{name}.chitty.cc", alias="service-url-template"
    )
    environment: Annotated[str, BeforeValidator(read.environment_name)] = "production"
    working_directory: _Text = Field(".", alias="working-directory")
    connect_url: _Url = Field("https://connect.chitty.cc", alias="connect-url")
    registry_url: _Url = Field("https://registry.chitty.cc", alias="registry-url")
    register_url: _Url = Field("https://register.chitty.cc", alias="register-url")
    api_url: _Url = Field("https://api.chitty.cc", alias="api-url")
    mcp_url: _Url = Field("https://mcp.chitty.cc", alias="mcp-url")
    cloudflare_api_url: _Url = Field("https://api.cloudflare.com/client/v4", alias="cloudflare-api-url")
    register_token: _Token = Field(None, alias="register-token")
    api_key: _Token = Field(None, alias="api-key")
    admin_token: _Token = Field(None, alias="admin-token")
    cloudflare_api_token: SecretStr | None = Field(None, alias="cloudflare-api-token")
    cloudflare_account_id: _Text | None = Field(None, alias="cloudflare-account-id")
    github_token: SecretStr | None = Field(None, alias="github-token")
    capabilities: Annotated[tuple[str, ...], BeforeValidator(read.capability_list)] = (
        "api",
        "mcp",
    )
    registration_file: _Text | None = Field(None, alias="registration-file")
    deployment_result: Annotated[
        Literal["success", "failure", "cancelled", "skipped"],
        BeforeValidator(read.choice("success", "failure", "cancelled", "skipped")),
    ] = Field("success", alias="deployment-result")
    context_sync: Annotated[
        Literal["auto", "always", "never"],
        BeforeValidator(read.choice("auto", "always", "never")),
    ] = Field("auto", alias="context-sync")
    health_condition: Annotated[str | None, BeforeValidator(read.jq_program)] = Field(None, alias="health-condition")
    on_blocked: Annotated[Literal["warning", "error"], BeforeValidator(read.choice("warning", "error"))] = Field(
        "warning", alias="on-blocked"
    )
    fail_on: Annotated[
        Literal["error", "warning", "never"],
        BeforeValidator(read.choice("error", "warning", "never")),
    ] = Field("error", alias="fail-on")
    dry_run: _Boolean = Field(False, alias="dry-run")
    timeout: Annotated[float, BeforeValidator(read.seconds(0.01, 3_600))] = 10
    retries: Annotated[int, BeforeValidator(read.whole_number(0, 20))] = 3
    deadline: Annotated[float, BeforeValidator(read.seconds(0.1, 86_400))] = 300
    wait_for_health: Annotated[float, BeforeValidator(read.seconds(0, 3_600))] = Field(60, alias="wait-for-health")
    wait_for_discovery: Annotated[float, BeforeValidator(read.seconds(0, 3_600))] = Field(0, alias="wait-for-discovery")
    concurrency: Annotated[int, BeforeValidator(read.whole_number(1, 1_024))] = 64
    open_after: Annotated[int, BeforeValidator(read.whole_number(1, 100))] = Field(1, alias="open-after")
    close_after: Annotated[int, BeforeValidator(read.whole_number(1, 100))] = Field(1, alias="close-after")
    ignore: Annotated[tuple[read.Ignored, ...], BeforeValidator(read.ignored_services)] = ()
    issue_labels: _Labels = Field(("automated", "ecosystem-health", "priority:high"), alias="issue-labels")
    issue_assignees: _Labels = Field((), alias="issue-assignees")
    report_path: _Text | None = Field(None, alias="report-path")
    allow_private_hosts: _Boolean = Field(False, alias="allow-private-hosts")
    log_level: Annotated[
        Literal["debug", "info", "warning", "error"],
        BeforeValidator(read.choice("debug", "info", "warning", "error")),
    ] = Field("info", alias="log-level")


def input_names() -> tuple[str, ...]:
    """Return every input's name as action.yml spells it."""
    return tuple(field.alias or name for name, field in Inputs.model_fields.items())


def secret_names() -> tuple[str, ...]:
    """Return the names of the inputs whose values are secrets."""
    return tuple(
        field.alias or name for name, field in Inputs.model_fields.items() if field.annotation == SecretStr | None
    )


@dataclass(frozen=True, slots=True)
class Given:
    """What the environment gives: trimmed values by input name, and names that mean nothing to the action.

    `overruled` are underscore spellings that do not count because the hyphenated variable is there.
    """

    values: Mapping[str, str]
    unknown: tuple[str, ...] = ()
    overruled: tuple[str, ...] = ()

    @property
    def secrets(self) -> tuple[str, ...]:
        """The values that must never be printed."""
        return tuple(self.values[name] for name in secret_names() if self.values.get(name))


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
    values = dict(gathered.values)
    private = values.get("allow-private-hosts", "").lower() == "true"
    context = {"allow_private": private, "phase": values.get("phase")}
    try:
        inputs = Inputs.model_validate(values, context=context)
    except ValidationError as error:
        raise InputError(*(_problem(gathered, details) for details in error.errors()), *more_problems) from None
    problems = tuple(more_problems)
    if problems:
        raise InputError(*problems)
    return inputs


def _problem(gathered: Given, details: Any) -> Problem:  # noqa: ANN401 - pydantic's own error details
    name = str(details["loc"][0])
    if details["type"] == "missing":
        return Problem(name, f"input {name} is not given", f"give one of {', '.join(Phase)}")
    allowed = str(details.get("ctx", {}).get("error", details["msg"]))
    if name in secret_names():
        return Problem(name, f"input {name} cannot be used: it must be {allowed}")
    value = gathered.values.get(name, "")
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
