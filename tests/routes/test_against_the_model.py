from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from bench.pairwise import pairwise
from chitty_action.model.route import Claim, ConflictKind, Nobody, Undetermined, Won
from chitty_action.routes.conflicts import find
from chitty_action.routes.index import Index
from chitty_action.routes.law import winner
from chitty_action.routes.ownership import family_of
from chitty_action.routes.silence import Silenced
from tests.routes.model import URLS, WORKERS, ZONE, Said, contenders, families, fits, inventory_of, says, some_claims


def _said(answer: Won | Nobody | Undetermined) -> Said:
    match answer:
        case Won(claim=claim):
            return Said(frozenset({claim.worker}))
        case Undetermined(claims=claims):
            return Said(frozenset(claim.worker for claim in claims))
        case Nobody():
            return Said(frozenset({None}))


@settings(max_examples=50, deadline=None)
@given(claims=some_claims)
def test_the_winner_is_the_models_everywhere(claims: list[Claim]) -> None:
    """At every URL of the small world, directly and through the index."""
    index = Index(claims)
    for url in URLS:
        expected = says(url, claims)
        assert _said(winner(url, claims)) == expected, url
        assert _said(index.answer(url)) == expected, url


@settings(max_examples=50, deadline=None)
@given(claims=some_claims, data=st.data())
def test_the_order_of_claims_does_not_matter(claims: list[Claim], data: st.DataObject) -> None:
    """Neither for the winner nor for what conflicts."""
    shuffled = data.draw(st.permutations(claims))
    assert all(winner(url, claims) == winner(url, shuffled) for url in URLS)
    assert _found(claims) == _found(shuffled)


@settings(max_examples=50, deadline=None)
@given(claims=some_claims)
def test_a_witness_proves_its_conflict(claims: list[Claim]) -> None:
    """The claim matches it, a rival does too, and there another Worker answers, or nobody knows who does."""
    for conflict in find(inventory_of(claims), Silenced({})).conflicts:
        assert fits(conflict.claim, conflict.witness)
        assert any(fits(rival, conflict.witness) for rival in conflict.rivals)
        said = says(conflict.witness, claims)
        assert _said(conflict.answer) == said
        assert families(said) != {family_of(conflict.claim.worker or "")}
        assert families(said) != {""}


@settings(max_examples=50, deadline=None)
@given(claims=some_claims)
def test_what_is_shadowed_never_answers(claims: list[Claim]) -> None:
    """Not at a single URL of those that it matches."""
    for conflict in find(inventory_of(claims), Silenced({})).conflicts:
        if conflict.kind is ConflictKind.SHADOWED:
            assert not _wins_somewhere(conflict.claim, claims)


@settings(max_examples=50, deadline=None)
@given(claims=some_claims)
def test_what_never_answers_is_found(claims: list[Claim]) -> None:
    """A claim at whose every URL another Worker answers is in a conflict."""
    told = {id(conflict.claim) for conflict in find(inventory_of(claims), Silenced({})).conflicts}
    for claim in claims:
        here = [url for url in URLS if fits(claim, url)]
        lost = [families(says(url, claims)) - {""} - {family_of(claim.worker or "")} for url in here]
        may_win = any(claim.worker in says(url, claims).who for url in here)
        if claim.worker and here and all(lost) and not may_win:
            assert id(claim) in told, claim.told


@settings(max_examples=50, deadline=None)
@given(claims=some_claims)
def test_the_index_finds_what_all_pairs_show(claims: list[Claim]) -> None:
    """The same conflicts with as many rivals; what is not told is seen nowhere."""
    everything = inventory_of(claims).in_zone(ZONE)
    found = {id(conflict.claim): conflict for conflict in find(inventory_of(everything), Silenced({})).conflicts}
    for claim in everything:
        rivals = pairwise(everything).get(id(claim), {})
        conflict = found.get(id(claim))
        if conflict is None:
            assert not any(_shows(url, claim, rivals, everything) for url in URLS)
        else:
            worst = min(rivals, key=list(ConflictKind).index)
            assert conflict.kind is worst or (conflict.kind, worst) == (ConflictKind.SHADOWED, ConflictKind.OVERLAP)
            assert len(conflict.rivals) + conflict.more == sum(map(len, rivals.values()))


def _shows(url: str, claim: Claim, rivals: dict[ConflictKind, list[Claim]], claims: list[Claim]) -> bool:
    """Whether a rival answers, or may answer, where the claim matches too."""
    if not fits(claim, url):
        return False
    may_answer = contenders(url, claims)
    return any(rival is one for some in rivals.values() for rival in some for one in may_answer)


def _wins_somewhere(claim: Claim, claims: list[Claim]) -> bool:
    """Whether it is this very claim that answers; another one of its Worker does not count."""
    return any(one is claim for url in URLS if len(found := contenders(url, claims)) == 1 for one in found)


def _found(claims: list[Claim]) -> set[tuple[str, str, str | None, int]]:
    conflicts = find(inventory_of(claims), Silenced({})).conflicts
    return {(one.kind, one.claim.text, one.claim.worker, len(one.rivals) + one.more) for one in conflicts}


def test_the_model_knows_all_workers() -> None:
    """Or every claim would dangle."""
    assert inventory_of([]).scripts == frozenset(WORKERS)
