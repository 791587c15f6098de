"""The policies of the search domain: made once, changed where they are there."""

from typing import Any

from opensearchpy import NotFoundError

from maru.knowledge.stores.opensearch_care import put_in_force


class Domain:
    """Keeps what it is told, and wants to hear the version of what is changed."""

    def __init__(self) -> None:
        self.transport = self
        self.held: dict[str, Any] = {}
        self.asked: list[tuple[str, str]] = []

    def perform_request(self, method: str, path: str, *, params: dict[str, Any] | None = None, body: Any = None) -> Any:
        self.asked.append((method, path))
        if method == "GET":
            if path not in self.held:
                raise NotFoundError(404, "not there", {})
            return {"_seq_no": 7, "_primary_term": 2, "policy": self.held[path]}
        if path in self.held and path.startswith("/_plugins"):
            assert params == {"if_seq_no": 7, "if_primary_term": 2}
        self.held[path] = body
        return {}


def test_policies_are_made_and_then_changed_in_place() -> None:
    domain = Domain()
    for days in (35, 60):
        put_in_force(domain, "maru", bucket="b", role="arn:role", region="ap-northeast-2", days=days)  # type: ignore[arg-type]
    assert domain.held["/_snapshot/maru"]["settings"]["role_arn"] == "arn:role"
    policy = domain.held["/_plugins/_sm/policies/maru"]
    assert policy["deletion"]["condition"] == {"max_age": "60d", "min_count": 7}
    assert policy["snapshot_config"]["indices"] == "maru-v*"
    assert domain.held["/_plugins/_ism/policies/maru"]["policy"]["ism_template"][0]["index_patterns"] == ["maru-v*"]
    made = [method for method, path in domain.asked if path.startswith("/_plugins") and method != "GET"]
    assert made == ["POST", "PUT", "PUT", "PUT"]
