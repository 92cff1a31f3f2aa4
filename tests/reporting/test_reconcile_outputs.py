from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from chitty_action.model.evidence import Evidence
from chitty_action.model.incident import Kind, Told
from chitty_action.model.sweep import Swept
from chitty_action.reporting.reconcile_outputs import outputs_of

SWEEPS = st.lists(
    st.tuples(
        st.sampled_from(["alpha", "beta-2", "row 3", "Alpha", "a_b"]) | st.text(max_size=70),
        st.sampled_from(Evidence),
        st.none() | st.sampled_from(Evidence),
    ).map(lambda drawn: Swept(1, drawn[0], drawn[1], "", proxy=drawn[2])),
    max_size=40,
)


def seen(sweep: list[Swept], *told: Told) -> dict[str, str]:
    """Return the outputs of a run that found no conflict and refreshed discovery."""
    return outputs_of(sweep, told, route_conflicts="0", discovery_refreshed=True)


def test_a_sweep_becomes_the_documented_outputs() -> None:
    """Every class is counted, names are in the order of the list, and a name that is none gets no output of its own."""
    counts = '{"healthy":1,"degraded":1,"down":0,"missing":1,"blocked":0,"redirected":0,"unprobeable":0,"skipped":1}'
    made = outputs_of(
        [
            Swept(1, "gamma", Evidence.MISSING, "answered 404", proxy=Evidence.DOWN),
            Swept(2, "alpha", Evidence.HEALTHY, "answered 200", proxy=Evidence.DEGRADED),
            Swept(3, "row 3", Evidence.SKIPPED, "no usable name"),
            Swept(4, "x=1\ny", Evidence.DEGRADED, "answered 418", proxy=Evidence.BLOCKED),
        ],
        [Told(Kind.UNHEALTHY_SERVICES, "https://github.com/a/b/issues/1", "would-open")],
        route_conflicts="unknown",
        discovery_refreshed=False,
    )

    assert made == {
        "services": "4",
        "counts": counts,
        "unhealthy": '["gamma","x=1\\ny"]',
        "unhealthy-count": "2",
        "gamma_unhealthy": "true",
        "unproxied": '["gamma","alpha"]',
        "route-conflicts": "unknown",
        "incidents": '[{"kind":"unhealthy-services","url":"https://github.com/a/b/issues/1","action":"would-open"}]',
        "discovery-refreshed": "false",
    }


def test_a_refreshed_discovery_is_told() -> None:
    """In the words of all outputs."""
    assert seen([])["discovery-refreshed"] == "true"


@given(SWEEPS)
def test_counts_add_up(sweep: list[Swept]) -> None:
    """Every row is in exactly one class, and every class is there."""
    made = seen(sweep)
    counts = json.loads(made["counts"])

    assert list(counts) == [*Evidence]
    assert sum(counts.values()) == int(made["services"]) == len(sweep)
    unhealthy = json.loads(made["unhealthy"])
    assert len(unhealthy) == int(made["unhealthy-count"]) == counts["degraded"] + counts["down"] + counts["missing"]


@given(SWEEPS)
def test_any_sweep_is_one_line_of_ascii_an_output(sweep: list[Swept]) -> None:
    """No name can end an output, or be the name of one that is not a service's."""
    made = seen(sweep)

    assert all(f"{name}{value}".isascii() and "\n" not in f"{name}{value}" for name, value in made.items())
    of_services = {name.removesuffix("_unhealthy") for name in made if name.endswith("_unhealthy")}
    assert of_services <= set(json.loads(made["unhealthy"]))
    assert all(name.replace("-", "").isalnum() and name == name.lower() for name in of_services)
