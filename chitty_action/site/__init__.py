"""The page that shows the state of the whole, with the files beside it. Pure: values in, texts of files out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.json import encode

from chitty_action.site.badges import badges
from chitty_action.site.page import index

if TYPE_CHECKING:
    from chitty_action.site.status import Status


def bundle(status: Status, metrics_text: str | None) -> dict[str, str]:
    """Return every file of the page by its path, which uses `/`; `metrics_text` is OpenMetrics, where there is any.

    The same values give the same texts. What is remote in them is made harmless here and needs no care before.
    """
    files = {
        "index.html": index(status, has_metrics=metrics_text is not None),
        "status.json": encode(status, order="deterministic").decode() + "\n",
        ".nojekyll": "",
    }
    if metrics_text is not None:
        files["metrics.txt"] = metrics_text
    for name, badge in badges(status).items():
        files[f"badges/{name}.json"] = encode(badge).decode() + "\n"
    return files
