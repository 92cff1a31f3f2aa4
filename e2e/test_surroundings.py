from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from e2e.runner import Step

PHASES = ("pre", "post")
PLANTED = "raise SystemExit('planted code ran')\n"


def _contents(folder: Path) -> dict[str, tuple[int, bytes | None]]:
    return {
        str(path.relative_to(folder)): (path.stat().st_mtime_ns, path.read_bytes() if path.is_file() else None)
        for path in (folder, *folder.rglob("*"))
    }


@pytest.mark.parametrize("phase", PHASES)
def test_workspace_and_home_stay_as_they_are(step: Step, phase: str) -> None:
    """The container runs as root in somebody's checkout: it leaves nothing behind that they did not ask for."""
    before = _contents(step.workspace), _contents(step.home)
    ended = step.run(phase)
    assert ended.code == 0
    assert (_contents(step.workspace), _contents(step.home)) == before


@pytest.mark.parametrize(
    "environ",
    [
        {"PYTHONPATH": "/github/workspace"},
        {"PYTHONHOME": "/github/workspace"},
        {"PYTHONSTARTUP": "/github/workspace/sitecustomize.py", "PYTHONINSPECT": "1"},
        {"PYTHONUSERBASE": "/github/workspace", "PYTHONSAFEPATH": "", "PYTHONPLATLIBDIR": "planted"},
        {"PYTHONWARNINGS": "error", "PYTHONOPTIMIZE": "2", "PYTHONVERBOSE": "1", "PYTHONDONTWRITEBYTECODE": ""},
        {"VIRTUAL_ENV": "/github/workspace", "PATH": "/github/workspace"},
    ],
    ids=lambda environ: next(iter(environ)),
)
def test_what_an_earlier_step_planted_means_nothing(step: Step, environ: dict[str, str]) -> None:
    """Neither a variable nor a module in the workspace, which is the working directory, changes what runs."""
    for name in ("sitecustomize", "usercustomize", "json", "chitty_action", "encodings"):
        (step.workspace / f"{name}.py").write_text(PLANTED, "utf-8")
    (step.workspace / "python").write_text("#!/bin/sh\nexit 66\n", "utf-8")
    (step.workspace / "python").chmod(0o755)
    ended = step.run("post", environ=environ)
    assert (ended.code, ended.stderr, ended.outputs["verdict"]) == (0, "", "passed")
    assert "planted" not in ended.stdout


@pytest.mark.parametrize("phase", PHASES)
def test_the_root_filesystem_may_be_read_only(step: Step, phase: str) -> None:
    """No cache, no bytecode, no temporary file is needed."""
    ended = step.run(phase, options=("--read-only",))
    assert (ended.code, ended.stderr, ended.outputs["verdict"]) == (0, "", "passed")


@pytest.mark.parametrize("phase", PHASES)
def test_a_run_writes_nothing_into_the_image(step: Step, phase: str) -> None:
    """All bytecode is there already: what a run adds are the runner's mount points."""
    ended = step.run(phase, options=("--rm=false",))
    docker = step.image.engine.docker
    changed = [line.split(" ", 1)[1] for line in docker("diff", step.name).splitlines()]
    docker("rm", step.name)
    assert ended.code == 0
    assert [path for path in changed if not path.startswith(("/github", "/var", "/run"))] == []


def test_no_shell_is_needed(step: Step) -> None:
    """Something that cannot be run stands in the shell's place: the phase ends as ever, and a shell does not start."""
    masked = ("--volume", "/dev/null:/bin/sh")
    ended = step.run("post", options=masked)
    assert (ended.code, ended.outputs["verdict"]) == (0, "passed")
    engine = step.image.engine
    shell = engine.start("run", "--rm", "--network", "none", *masked, "--entrypoint", "/bin/sh", step.image.tag)
    shell.communicate()
    assert shell.returncode == 126, "Docker's word for a command that cannot be run"


def test_no_network(step: Step) -> None:
    """A runner that reaches nothing is told so, by address, and is not told that all is well."""
    ended = step.run("pre", options=("--network", "none"))
    assert (ended.code, ended.outputs["verdict"], ended.outputs["connect-healthy"]) == (1, "failed", "false")
    message = ended.finding("connect-reachable")["message"]
    assert f"{step.sandbox.url}/connect/health is down" in message
    assert "the connection was refused" in message


def test_no_network_and_a_name(step: Step) -> None:
    """A name that cannot be resolved is named, with the cause."""
    hub = "https://hub.example"
    ended = step.run(
        "pre",
        options=("--network", "none"),
        allow_private_hosts="false",
        connect_url=hub,
        registry_url=hub,
        register_url=hub,
        api_url=hub,
        mcp_url=hub,
        service_url_template="https://{name}.example",
    )
    assert (ended.code, ended.outputs["verdict"], ended.outputs["connect-healthy"]) == (1, "failed", "false")
    assert "the name hub.example does not resolve" in ended.finding("connect-reachable")["message"]
