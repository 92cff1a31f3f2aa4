"""The story of a quarter: what is remembered of it, what waits, and the page that shows the state of the whole."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from prometheus_client.openmetrics.parser import text_string_to_metric_families

from chitty_action.model.text import timestamp
from sandbox.faults import Down
from sandbox.quarter import quarter
from sandbox.screen import say
from sandbox.stage import COMMIT, SERVICE, VERSION
from sandbox.today import BRANCH, arrange

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from sandbox.stage import Stage

_NEXT = "1.5.0"
_FOLDER = "page"


def remembered_quarter(stage: Stage, page: Path) -> None:
    """Story 7: a registration that failed waits, is delivered by the next sweep, and the page shows the whole."""
    sandbox = stage.sandbox
    sandbox.reset()
    past = quarter(datetime.now(UTC))
    arrange(sandbox, past)
    sandbox.registry[SERVICE] = {"name": SERVICE, "version": VERSION, "status": "active"}
    say(
        f"Story 7. Branch {BRANCH} of {sandbox.github.repository} remembers a quarter: {len(past.sweeps)} sweeps, "
        f"{len(past.deployments)} deployments and {len(past.incidents)} incidents. All of it is made up."
    )

    say(f"{SERVICE} {_NEXT} is deployed while ChittyRegister is down. Nothing of it is lost, it waits in the outbox:")
    sandbox.deploy(SERVICE, version=_NEXT, commit=COMMIT)
    stage.write("wrangler.toml", f'name = "{SERVICE}"\n')
    stage.write("package.json", json.dumps({"name": f"@chittyos/{SERVICE}", "version": _NEXT}))
    sandbox.faults.set("register", Down())
    sandbox.faults.set("register.status", Down())
    inputs = {**_memory(stage), "started_at": timestamp(datetime.now(UTC) - timedelta(seconds=74)), "retries": "0"}
    stage.run("Story 7, a registration that fails", "post", expected=0, account=False, **inputs)
    sandbox.faults.clear("register")
    sandbox.faults.clear("register.status")
    waiting = _outbox(stage)
    say(f"In the outbox: {', '.join(waiting) or 'nothing'}. The registry still says {_registered(stage)}.")
    stage.expect(f"outbox/{SERVICE}.registration.json" in waiting, "story 7: the registration does not wait")
    _expect_recorded(stage)

    say("The next sweep delivers what waits, records what it saw, and draws the page:")
    told = stage.reconcile(
        "Story 7, the sweep that delivers", account=True, schedule=past.schedule, site_path=_FOLDER, **_memory(stage)
    )
    stage.summaries.append(told)
    say(f"In the outbox: {', '.join(_outbox(stage)) or 'nothing'}. The registry now says {_registered(stage)}.")
    stage.expect(not _outbox(stage), f"story 7: {', '.join(_outbox(stage))} still waits")
    stage.expect(_registered(stage) == f"{SERVICE} {_NEXT}", f"story 7: version {_NEXT} did not reach the registry")
    _expect_page(stage, tuple(sandbox.registry))
    keep(stage.written(_FOLDER), page)


def _memory(stage: Stage) -> dict[str, str]:
    github = stage.sandbox.github
    return {"state_branch": BRANCH, "state_repository": github.repository, "state_token": github.token}


def _outbox(stage: Stage) -> list[str]:
    return [path for path in stage.sandbox.github.files(BRANCH) if path.startswith("outbox/")]


def _registered(stage: Stage) -> str:
    return f"{SERVICE} {stage.sandbox.registry[SERVICE]['version']}"


def _expect_recorded(stage: Stage) -> None:
    lines = "".join(text for path, text in stage.sandbox.github.files(BRANCH).items() if path.startswith("deploy"))
    stage.expect(f'"service":"{SERVICE}"' in lines, "story 7: the deployment is not recorded")


def _expect_page(stage: Stage, names: Iterable[str]) -> None:
    """Insist that page and data name every service, and that the numbers can be read by whoever collects them."""
    texts = {name: _text(stage.written(_FOLDER) / name) for name in ("index.html", "status.json", "metrics.txt")}
    for name, text in texts.items():
        stage.expect(bool(text), f"story 7: {name} was not written")
    page, listed = texts["index.html"], json.loads(texts["status.json"] or "{}").get("services", [])
    known = {row["name"] for row in listed}
    lost = [name for name in names if name not in known or f">{name}<" not in page]
    some = f"{len(lost)} services, such as {next(iter(lost), 'none')}"
    stage.expect(not lost, f"story 7: page or status.json do not name {some}")
    numbers = texts["metrics.txt"] or "# EOF\n"
    families = list(text_string_to_metric_families(numbers))  # type: ignore[no-untyped-call] # it has no types here
    stage.expect(bool(families), "story 7: there are no numbers in metrics.txt")


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.is_file() else ""


def keep(written: Path, page: Path) -> None:
    """Put the page where it stays, in place of an earlier one, and say where."""
    if written.is_dir():
        shutil.rmtree(page, ignore_errors=True)
        shutil.copytree(written, page)
        say(f"The state of the whole, to be opened in a browser: {(page / 'index.html').resolve().as_uri()}")
