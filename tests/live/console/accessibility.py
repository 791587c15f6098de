"""What axe-core finds on a page."""

from typing import Any

from tests.live.console.visitor import Visitor
from tests.processes import ROOT

_AXE = ROOT / "console" / "node_modules" / "axe-core" / "axe.min.js"
_SERIOUS = {"serious", "critical"}


def violations(visitor: Visitor) -> list[str]:
    """Serious and critical findings (WCAG 2.2 A and AA, and axe's best practices), with the places."""
    visitor.page.evaluate(_AXE.read_text(encoding="utf-8"))
    found: Any = visitor.page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{one['id']}: {', '.join(str(node['target']) for node in one['nodes'])}"
        for one in found["violations"]
        if one["impact"] in _SERIOUS
    ]
