"""One branch of a repository that holds data: the port `Branch`, on GitHub's Git data API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import quote

from msgspec.structs import replace

from chitty_action.adapters.github_answers import complaint_in
from chitty_action.adapters.github_git_answers import Blob, Commit, Made, Ref, Repository, Tree, blob_name
from chitty_action.adapters.github_refusals import Errand, contents_of, refusal, unreadable
from chitty_action.adapters.github_remote import GitHubRemote
from chitty_action.model.branch import Head
from chitty_action.model.document import Document
from chitty_action.model.exchange import Answer, Mishap, Request
from chitty_action.model.ports import StateError
from chitty_action.model.text import in_quotes, one_line

if TYPE_CHECKING:
    from collections.abc import Mapping

    from chitty_action.adapters.clock import Deadline
    from chitty_action.adapters.github_remote import Access
    from chitty_action.model.exchange import Failure
    from chitty_action.model.ports import Log

D = TypeVar("D", bound=Document)
_GOOD = range(200, 300)
_NOT_FOUND, _CONFLICT, _INVALID = 404, 409, 422
_MOVED = ("fast forward", "fast-forward", "already exists", "does not exist")
"""What GitHub says of a branch that is not where it was: moved, created or deleted by somebody else."""
_FILE = "100644"


class GitHubBranch:
    """Asks GitHub by its REST API, one request at a time.

    A commit becomes the tip only where the branch still is at the commit's parent: GitHub compares and swaps. So all
    requests may be sent twice: a second blob, tree or commit lies unused, and the branch moves once.
    """

    def __init__(  # noqa: PLR0913, PLR0917 - where to, and the bounds
        self, access: Access, branch: str, clock: Deadline, timeout: float, retries: int, log: Log
    ) -> None:
        """Take where to and as whom, and the bounds; nothing is asked yet."""
        self._purpose = contents_of(access.repository)
        named = replace(access, repository_input=self._purpose.source, token_input=self._purpose.token)
        self._remote = GitHubRemote(named, clock, timeout, retries, log)
        self._clock = clock
        self._branch = branch
        self._name = f"branch {branch} of {access.repository}"
        self._repository = access.repository
        self._path = f"/repos/{access.repository}"
        self._ref = f"heads/{quote(branch, safe='/')}"
        self._is_ours = False
        self._known: dict[str, str] = {}  # texts by the names of their blobs, which never change

    async def head(self) -> Head:
        """Return the tip, with its files; one without a commit where there is no such branch yet."""
        await self._check_that_it_is_ours()
        commit = await self._tip()
        if commit is None:
            return Head()
        errand = self._errand(f"read the last commit on {self._name}")
        read = await self._got(errand, f"/git/commits/{commit}", Commit)
        if read.sha != commit:
            raise unreadable(errand, ValueError("it is another commit than the one that was asked for"))
        errand = self._errand(f"list the files on {self._name}")
        tree = await self._got(errand, f"/git/trees/{read.tree.sha}?recursive=1", Tree)
        if tree.truncated:
            message = f"GitHub did not {errand.words} whole: there are too many"
            raise StateError(message, "remove old ones, or give another state-branch", is_lasting=True)
        return Head(commit, read.tree.sha, tree.files())

    async def text(self, head: Head, path: str) -> str:
        """Return a file of that tip, whose content is the one that the tip names."""
        file = f"{in_quotes(one_line(path, 120))} on {self._name}"
        sha = head.files.get(path)
        if sha is None:
            raise StateError(f"there is no {file}", "the next run looks again", is_lasting=True)
        if sha in self._known:
            return self._known[sha]
        errand = self._errand(f"read {file}")
        exchange = await self._remote.ask(Request("GET", f"{self._path}/git/blobs/{sha}"))
        if not isinstance(exchange, Answer) and exchange.mishap is Mishap.OVERSIZE:
            raise StateError(f"{file} is too large: GitHub {exchange.reason}", "remove or divide it", is_lasting=True)
        blob = self._read(errand, exchange, Blob)
        try:
            self._known[sha] = blob.bytes_of(sha).decode()
        except UnicodeDecodeError:
            raise StateError(f"{file} is not UTF-8", "mend or remove it", is_lasting=True) from None
        except ValueError as error:
            raise unreadable(errand, error) from error
        return self._known[sha]

    async def commit(self, head: Head, files: Mapping[str, str | None], message: str) -> bool:
        """Put a commit with these files on that tip; None removes one. True where nothing would change, too.

        False where the branch has moved meanwhile, and also where it stays unknown whether GitHub did it: in both cases
        the caller reads the head again and merges what it wants to say into that, so that saying it twice changes
        nothing.
        """
        await self._check_that_it_is_ours()
        entries = [_entry(path, text) for path, text in files.items() if _differs(head, path, text)]
        if not entries:
            return True
        base = {"base_tree": head.tree} if head.tree else {}
        tree = await self._made("write files", "/git/trees", {**base, "tree": entries})
        self._known |= {_blob(text, tree): text for text in files.values() if text is not None}
        if tree == head.tree:
            return True
        parents = [head.commit] if head.commit else []
        document = {"message": message, "tree": tree, "parents": parents}
        return await self._moved(head, await self._made("make a commit", "/git/commits", document))

    async def _check_that_it_is_ours(self) -> None:
        """Refuse the branch that the repository's people work on; where it cannot be learnt which, too."""
        if self._is_ours:
            return
        errand = self._errand(f"name the default branch of {self._repository}")
        repository = await self._got(errand, "", Repository)
        if repository.default_branch == self._branch:
            message = f"the action keeps no data on {self._name}: it is the repository's default branch"
            raise StateError(message, "give another state-branch, such as chitty-state", is_lasting=True)
        self._is_ours = True

    async def _tip(self) -> str | None:
        """Return the commit that the branch points to; None where there is no such branch."""
        errand = self._errand(f"find {self._name}")
        exchange = await self._remote.ask(Request("GET", f"{self._path}/git/ref/{self._ref}"))
        if isinstance(exchange, Answer) and exchange.status == _NOT_FOUND:
            return None
        return self._commit_in(errand, exchange)

    async def _moved(self, head: Head, commit: str) -> bool:
        """Let the branch point to a commit, if it still points to that commit's parent."""
        if head.commit:
            request = Request("PATCH", f"{self._path}/git/refs/{self._ref}")
            document: dict[str, Any] = {"sha": commit, "force": False}
        else:
            request = Request("POST", f"{self._path}/git/refs")
            document = {"ref": f"refs/heads/{self._branch}", "sha": commit}
        exchange = await self._remote.ask(request, document)
        try:
            return self._commit_in(Errand(self._purpose, f"move {self._name} to a new commit"), exchange) == commit
        except StateError as error:
            if not error.is_doubted and not _is_refused(exchange):
                raise
            return await self._is_there(head, commit, error, has_moved=_tells_of_a_move(exchange))

    async def _is_there(self, head: Head, commit: str, error: StateError, *, has_moved: bool) -> bool:
        """Look where the branch is, after an answer that does not tell it alone."""
        try:
            tip = await self._tip()
        except StateError:
            raise error from None
        if tip == head.commit and not has_moved and not error.is_doubted:
            raise error  # nobody was quicker: perhaps rules of the repository forbid it
        return tip == commit

    async def _made(self, verb: str, path: str, document: dict[str, Any]) -> str:
        """Make an object, which nobody sees before the branch points to it."""
        exchange = await self._remote.ask(Request("POST", self._path + path), document)
        return self._read(self._errand(f"{verb} for {self._name}"), exchange, Made).sha

    async def _got(self, errand: Errand[StateError], path: str, kind: type[D]) -> D:
        return self._read(errand, await self._remote.ask(Request("GET", self._path + path)), kind)

    def _errand(self, words: str) -> Errand[StateError]:
        """Name what leaves the branch as it is."""
        return Errand(self._purpose, words, writes=False)

    def _commit_in(self, errand: Errand[StateError], exchange: Answer | Failure) -> str:
        try:
            return self._read(errand, exchange, Ref).commit_of(self._branch)
        except ValueError as error:
            raise unreadable(errand, error) from error

    def _read(self, errand: Errand[StateError], exchange: Answer | Failure, kind: type[D]) -> D:
        if not isinstance(exchange, Answer) or exchange.status not in _GOOD:
            raise refusal(errand, exchange, self._clock.now())
        try:
            return kind.read(exchange.body)
        except ValueError as error:
            raise unreadable(errand, error) from error


def _differs(head: Head, path: str, text: str | None) -> bool:
    """Whether a file would not be the same afterwards: GitHub refuses to remove one that is not there."""
    there = head.files.get(path)
    if there is None or text is None:
        return (there is None) != (text is None)
    return _blob(text, there) != there


def _blob(text: str, like: str) -> str:
    return blob_name(text.encode("utf-8", "surrogatepass"), like)


def _entry(path: str, text: str | None) -> dict[str, Any]:
    entry = {"path": path, "mode": _FILE, "type": "blob"}
    return {**entry, "sha": None} if text is None else {**entry, "content": text}


def _is_refused(exchange: Answer | Failure) -> bool:
    """Whether GitHub says no to a move of the branch, for whatever reason."""
    return isinstance(exchange, Answer) and exchange.status in {_CONFLICT, _INVALID}


def _tells_of_a_move(exchange: Answer | Failure) -> bool:
    """Whether it says no because the branch was not where it was expected."""
    if not isinstance(exchange, Answer):
        return False
    told = complaint_in(exchange.body).told().lower()
    return any(words in told for words in _MOVED) or (exchange.status == _CONFLICT and "protected" not in told)
