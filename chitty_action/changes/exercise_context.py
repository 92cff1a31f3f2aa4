"""Context sync works: a test task can be created and completed.

Why: a context-aware service that cannot write context fails its users silently.
Otherwise: warning. A task that was created and could not be completed is named, so that a person can complete it.
Asked for without `api-key`, it is skipped with a notice.
Remedy: what the answer names: mostly a missing or wrong `api-key`; complete the task that is named.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from msgspec import Struct

from chitty_action import ecosystem
from chitty_action.changes import cure, deliver
from chitty_action.documents.task import CreatedTask
from chitty_action.model.address import origin_of
from chitty_action.model.answers import quoted
from chitty_action.model.change import Fate, Receipt
from chitty_action.model.exchange import Request, Retry
from chitty_action.model.finding import Finding, Level
from chitty_action.model.reading import Credential, Generation

if TYPE_CHECKING:
    from chitty_action.changes import Delivery
    from chitty_action.model.ports import Remote
    from chitty_action.model.subject import Subject

ID = "context-sync"
TOPIC = "context-aware"
_DONE = json.dumps({"status": "completed", "result": {"integration_test": "passed"}}).encode()


def unasked(subject: Subject) -> str | None:
    """Say why context sync is not exercised for this subject; None when it is."""
    topics = subject.run.topics
    if subject.context_sync == "never":
        return "context-sync is never"
    if subject.context_sync == "always":
        return None
    if topics is None:
        return f"the event does not say whether the repository has the topic {TOPIC} (context-sync: always asks for it)"
    return None if TOPIC in topics else f"the repository does not have the topic {TOPIC}"


def without_key(subject: Subject) -> Finding:
    """Say that it was asked for and could not be done."""
    return Finding(
        ID,
        subject.service.name,
        Level.NOTICE,
        "context sync was asked for and not exercised, because there is no api-key",
        "give the input api-key, or set context-sync to never",
    )


class ExerciseContext(Struct, frozen=True):
    """Create one test task and complete it where it was created. At most one is created a run.

    `places` are the URLs at which tasks are created, in order: the next one counts where one does not offer it.
    """

    id = ID
    subject: str
    places: tuple[str, ...]
    body: bytes

    @classmethod
    def of(cls, subject: Subject) -> ExerciseContext:
        """Make the probe."""
        name, run = subject.service.name, subject.run
        task = {
            "title": f"Deployment test: {name}",
            "description": "Post-deploy integration test",
            "task_type": "background_job",
            "metadata": {"service": name, "commit": run.commit, "workflow_run": run.run_id},
        }
        return cls(name, ecosystem.tasks_urls(subject.hub), json.dumps(task).encode())

    @property
    def key(self) -> str:
        """One probe a service."""
        return f"{ID}:{self.subject}"

    def describe(self) -> str:
        """Say what would be done."""
        return f"create and complete a context task for {self.subject}"

    async def apply(self, remote: Remote) -> Receipt:
        """Create the task, then complete it."""
        creations = (
            Request("POST", url, self.body, credential=Credential.API_KEY, retry=Retry.UNANSWERED)
            for url in self.places
        )
        created = await deliver(remote, creations)
        if created.fate is not Fate.APPLIED or created.answer is None:
            tried = " and ".join(self.places) if created.fate is Fate.NOT_OFFERED else created.url
            return self._failed(created, f"no context task could be created: {tried} {created.detail}{_maybe(created)}")
        where = Generation.DESIGN if created.url == self.places[0] else Generation.DEPLOYED
        try:
            task_id = str(CreatedTask.read(created.answer.body).task_id)
        except ValueError:
            told = quoted(created.answer.body)
            message = f"a context task was created without a usable task_id: {created.url} {created.detail}{told}"
            finding = Finding(ID, self.subject, Level.WARNING, message, "complete or cancel it by its title")
            return Receipt(ID, self.subject, Fate.FAILED, created.detail, (finding,), generation=where)
        url = f"{created.url}/{task_id}"
        completion = Request("PATCH", url, _DONE, credential=Credential.API_KEY)
        completed = await deliver(remote, [completion])
        facts = {"task_id": task_id}
        if completed.fate is Fate.APPLIED:
            detail = f"task {task_id} created and completed at {origin_of(created.url)[1]}"
            return Receipt(ID, self.subject, Fate.APPLIED, detail, facts=facts, generation=where)
        message = f"context task {task_id} was created but not completed: {url} {completed.detail}"
        return self._failed(completed, message, f"complete or cancel task {task_id} by hand; ", facts)

    def _failed(
        self, delivery: Delivery, message: str, first: str = "", facts: dict[str, str] | None = None
    ) -> Receipt:
        finding = Finding(ID, self.subject, Level.WARNING, message, first + cure(delivery, "api-key"))
        return Receipt(ID, self.subject, Fate.FAILED, delivery.detail, (finding,), facts or {})


def _maybe(created: Delivery) -> str:
    """Say so where a task may exist although no answer told its id."""
    return "" if created.certain else "; it may exist all the same, under its title"
