"""The versions of the OpenSearch index behind one alias: rows are written to the newest, and all of them are searched.

A change of the mapping or of how the graph is built makes a new index. Vector stores move into it one by one as they are rebuilt
(`maru.knowledge.rebuild`), and an index that has become empty goes.
"""

from typing import TYPE_CHECKING, Any

from maru.knowledge.stores import opensearch_index as index
from maru.knowledge.stores.options import IndexOptions

if TYPE_CHECKING:
    from opensearchpy import OpenSearch


def ensure(client: "OpenSearch", alias: str, dimensions: int, options: IndexOptions) -> None:
    """Make the newest version the one that is written to, with a field for vectors of that length in every version."""
    newest = index.index_name(alias, options)
    if newest not in _behind(client, alias):
        _add(client, alias, newest)
    field = index.vector_field(dimensions)
    for name in _behind(client, alias):
        known = client.indices.get_mapping(index=name)[name]["mappings"]["properties"]
        if field not in known:
            client.indices.put_mapping(index=name, body=index.vector_mapping(dimensions, options))
        if name != newest and not client.count(index=name)["count"]:
            client.indices.delete(index=name, params={"ignore_unavailable": "true"})


def _behind(client: "OpenSearch", alias: str) -> list[str]:
    return list(client.indices.get_alias(name=alias, params={"ignore": 404})) if client.indices.exists_alias(name=alias) else []


def _add(client: "OpenSearch", alias: str, newest: str) -> None:
    """One change of the alias: there is always exactly one version that is written to."""
    before = _behind(client, alias)
    # 400: another process was quicker.
    client.indices.create(index=newest, body=index.index_body(), params={"ignore": 400})
    actions: list[dict[str, Any]] = [{"add": {"index": name, "alias": alias, "is_write_index": False}} for name in before]
    client.indices.update_aliases(body={"actions": [*actions, {"add": {"index": newest, "alias": alias, "is_write_index": True}}]})
