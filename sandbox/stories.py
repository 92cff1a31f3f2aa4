"""The stories that the demo plays, each with a known end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.faults import Body, Down
from sandbox.generation import Generation
from sandbox.screen import say, show_issue
from sandbox.stage import COMMIT, SERVICE, VERSION

if TYPE_CHECKING:
    from sandbox.server import Sandbox
    from sandbox.stage import Stage

_BROKEN = ("chittyrouter", "chittytrack")
_SCORE = "score.chitty.cc"


def good_deployment(stage: Stage) -> None:
    """Story 1: the hub is well, the service appears, and it ends registered, proven and active."""
    sandbox = stage.sandbox
    say(f"Story 1. {SERVICE} is deployed for the first time. Before the deployment the action asks after the hub.")
    stage.run("Story 1, before the deployment", "pre", expected=0)
    stage.expect(SERVICE not in sandbox.registry, "story 1: pre has written something into the registry")
    say(f"The deployment itself: {SERVICE} {VERSION} appears at {sandbox.url}/services/{SERVICE}.")
    sandbox.deploy(SERVICE, version=VERSION, commit=COMMIT)
    stage.run("Story 1, after the deployment", "post", expected=0, context_sync="always")
    row = sandbox.registry.get(SERVICE, {})
    stage.expect(row.get("version") == VERSION, f"story 1: version {VERSION} did not reach the registry")
    stage.expect(row.get("status") == "active", f"story 1: {SERVICE} is not active in the registry")
    _expect_one_task(stage, "story 1")
    say(f"The registry now says: {SERVICE} {row.get('version')}, {row.get('status', 'not registered')}.")


def hub_down(stage: Stage) -> None:
    """Story 2: the hub is down, so the deployment must not begin."""
    say("Story 2. The next deployment, but ChittyConnect is down: the step has to fail and so stop the deployment.")
    stage.sandbox.faults.set("connect.health", Down())
    stage.run("Story 2, the hub is down", "pre", expected=1)
    stage.sandbox.faults.clear()


def unhealthy_service(stage: Stage) -> None:
    """Story 3: the service was deployed but is not well, so the step fails and the status stays as it was."""
    say("Story 3. The hub is back and the service is deployed, but it says that its database is gone.")
    before = _status_changes(stage.sandbox)
    stage.sandbox.faults.set(f"service:{SERVICE}", Body({"status": "unhealthy", "reason": "database unreachable"}))
    stage.run("Story 3, an unhealthy service", "post", expected=1, wait_for_health="2")
    stage.sandbox.faults.clear()
    stage.expect(_status_changes(stage.sandbox) == before, "story 3: the status of an unhealthy service was changed")


def deployed_ecosystem(stage: Stage) -> None:
    """Story 4: the same deployment on the APIs that are deployed today; the action finds its way by itself."""
    say("Story 4. The same service, but the ecosystem answers as it is deployed today: other paths, another protocol.")
    sandbox = stage.sandbox
    sandbox.reset(Generation.DEPLOYED)
    sandbox.deploy(SERVICE, version=VERSION, commit=COMMIT)
    stage.run("Story 4, on the deployed APIs", "post", expected=0, context_sync="always")
    stage.expect(SERVICE in sandbox.compliance, f"story 4: {SERVICE} is not registered with the deployed gatekeeper")
    _expect_one_task(stage, "story 4")


def incident(stage: Stage) -> None:
    """Story 5: what broke becomes an issue, which follows what becomes of it, closes by itself and reopens."""
    sandbox = stage.sandbox
    sandbox.reset(Generation.DESIGN)
    first, second = (f"service:{name}" for name in _BROKEN)

    say("Story 5. Nobody deploys. Every six hours the action looks at all services of the registry. All is well:")
    stage.reconcile("Story 5, all is well")
    stage.expect(not sandbox.issues, "story 5: an incident was opened while all was well")

    say(f"{' and '.join(_BROKEN)} break. The run stays green; an issue is the alarm:")
    sandbox.faults.set(first, Down())
    sandbox.faults.set(second, Down())
    stage.reconcile("Story 5, two services are broken")
    _expect_incident(stage, "opened", "open", (*_BROKEN,), comments=0)

    say(f"{_BROKEN[0]} recovers. The body is rewritten, and one comment says what changed:")
    sandbox.faults.clear(first)
    stage.reconcile("Story 5, one recovered")
    _expect_incident(stage, "edited", "open", _BROKEN[1:], comments=1)

    say(f"{_BROKEN[1]} recovers too. Nobody has to close anything:")
    sandbox.faults.clear()
    stage.reconcile("Story 5, all recovered")
    _expect_incident(stage, "closed", "closed", (), comments=2)

    say(f"{_BROKEN[0]} breaks again on the same day. That is the same incident, not another one:")
    sandbox.faults.set(first, Down())
    stage.summaries.append(stage.reconcile("Story 5, broken again"))
    _expect_incident(stage, "reopened", "open", _BROKEN[:1], comments=3)


def route_law(stage: Stage) -> None:
    """Story 6: a deployment would take a hostname from another Worker; and one was taken behind everybody's back."""
    sandbox = stage.sandbox
    sandbox.reset(Generation.DESIGN)
    cloudflare = sandbox.cloudflare

    say(f"Story 6. {SERVICE} is to answer at {_SCORE}, which is another Worker's. wrangler would take it silently:")
    stage.write("wrangler.toml", f'name = "{SERVICE}"\nroutes = [{{ pattern = "{_SCORE}", custom_domain = true }}]\n')
    stage.run("Story 6, a takeover", "pre", expected=1, account=True)

    say(f"Somebody gave a wildcard to a Worker of their own in the dashboard. {_SCORE} is answered by it from now on:")
    sandbox.registry["chittyscore"]["hostname"] = _SCORE
    cloudflare.add_script("chittyscore-worker")
    cloudflare.add_route(f"{_SCORE}/*", "chittyscore-worker")
    stage.summaries.append(stage.reconcile("Story 6, a conflict and its plan", account=True))
    told = _expect_one_issue(stage, "a conflict", "open")
    stage.expect("What would resolve it" in told, "story 6, a conflict: the issue does not say what would resolve it")

    say("The route is given back, as the issue says. Nobody has to close anything:")
    for route in cloudflare.routes.values():
        if route["pattern"] == f"{_SCORE}/*":
            route["script"] = "chittyscore"
    stage.reconcile("Story 6, resolved", account=True)
    _expect_one_issue(stage, "resolved", "closed")


def _expect_one_issue(stage: Stage, step: str, state: str) -> str:
    """Show the issue as GitHub would, insist on how it ended, and give its body."""
    issues = [*stage.sandbox.issues.values()]
    states = [issue["state"] for issue in issues]
    stage.expect(states == [state], f"story 6, {step}: the issues' states are {states} instead of {[state]}")
    for issue in issues:
        show_issue(issue, stage.sandbox.github.comments[issue["number"]])
    return "\n".join(issue["body"] for issue in issues)


def _expect_incident(stage: Stage, step: str, state: str, concerned: tuple[str, ...], *, comments: int) -> None:
    """Show the issue as GitHub would, and insist on how it ended and whom its table names."""
    issues = [*stage.sandbox.issues.values()]
    seen = [(issue["state"], issue["comments"]) for issue in issues]
    told = [(state, comments)]
    stage.expect(seen == told, f"story 5, {step}: the issues' states and comments are {seen} instead of {told}")
    for issue in issues:
        named = tuple(name for name in _BROKEN if f"| {name} | down |" in issue["body"])
        stage.expect(named == concerned, f"story 5, {step}: the issue is about {named} instead of {concerned}")
        show_issue(issue, stage.sandbox.github.comments[issue["number"]])


def _expect_one_task(stage: Stage, story: str) -> None:
    completed = [task for task in stage.sandbox.tasks.values() if task["status"] == "completed"]
    stage.expect(len(completed) == 1, f"{story}: {len(completed)} context tasks were completed instead of one")


def _status_changes(sandbox: Sandbox) -> int:
    return sum(request.target == "register.status" for request in sandbox.requests)
