from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chitty_action.inputs.values import moment

AT = datetime(2026, 11, 27, 23, 52, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-27T23:52:30Z",
        "2026-11-27T23:52:30+00:00",
        "2026-11-28T00:52:30+01:00",
        "2026-11-27 18:22:30-05:30",
        "20261127T235230Z",
        "1795823550",
        "1795823550.0",
    ],
)
def test_a_time_is_read_in_utc(text: str) -> None:
    """As GitHub's payloads, `date -u -Is` and `date +%s` write it."""
    assert (moment(text), moment(text).utcoffset()) == (AT, timedelta(0))


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-27T23:52:30",
        "2026-11-27",
        "23:52:30Z",
        "yesterday",
        "now",
        "1795823550000",
        "-1795823550",
        "1e9",
        "0001-01-01T00:00:00+01:00",
        "\uff19" * 10,
    ],
)
def test_what_is_no_time_is_refused(text: str) -> None:
    """Without a zone nobody knows which time it is; milliseconds would be a year far away."""
    with pytest.raises(ValueError, match=r"a time with its zone, such as 2026-11-27T23:52:30Z, or seconds since 1970"):
        moment(text)


@given(st.one_of(st.text(), st.from_regex(r"[0-9TZ:+\-. ]{4,30}", fullmatch=True)))
def test_any_text_is_a_time_in_utc_or_refused(text: str) -> None:
    """Nothing else comes out, and nothing else is raised."""
    with suppress(ValueError):
        assert moment(text).utcoffset() == timedelta(0)
