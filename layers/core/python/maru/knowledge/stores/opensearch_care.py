"""What an OpenSearch domain must be told about itself: where snapshots go, when they are taken, and how its indexes are looked after.

CloudFormation makes the domain and reaches no further; these are requests to the engine, and each may be repeated. Sources:
https://docs.opensearch.org/latest/tuning-your-cluster/availability-and-recovery/snapshots/snapshot-management/ and
https://docs.opensearch.org/latest/im-plugin/ism/api/
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from opensearchpy import OpenSearch

_NAME = "maru"
#: Restored first when nodes come back, and merged once a night's worth of deletions has gone: they hold room and slow filters.
_PRIORITY = 100


def put_in_force(client: "OpenSearch", alias: str, *, bucket: str, role: str, region: str, days: int) -> None:
    """Register the bucket, take a snapshot of the alias's indexes every night and keep it ``days``, and look after the indexes."""
    repository = {"type": "s3", "settings": {"bucket": bucket, "region": region, "role_arn": role, "base_path": _NAME}}
    client.transport.perform_request("PUT", f"/_snapshot/{_NAME}", body=repository)
    _put(client, f"/_plugins/_sm/policies/{_NAME}", snapshots(alias, days), create="POST")
    _put(client, f"/_plugins/_ism/policies/{_NAME}", indexes(alias), create="PUT")


def snapshots(alias: str, days: int) -> dict[str, Any]:
    """The policy of snapshots: at 17:00 UTC (02:00 in Seoul), at least a week of them whatever their age."""
    return {
        "description": "Nightly snapshots of Maru's indexes",
        "creation": {"schedule": {"cron": {"expression": "0 17 * * *", "timezone": "UTC"}}, "time_limit": "2h"},
        "deletion": {
            "schedule": {"cron": {"expression": "0 19 * * *", "timezone": "UTC"}},
            "condition": {"max_age": f"{days}d", "min_count": 7},
        },
        "snapshot_config": {"indices": f"{alias}-v*", "repository": _NAME, "include_global_state": "false"},
    }


def indexes(alias: str) -> dict[str, Any]:
    """The policy of index states, which every version of the index takes up when it is made."""
    return {
        "policy": {
            "description": "Maru's indexes: restored first, replicated where there are nodes for it",
            "default_state": "live",
            "states": [{"name": "live", "actions": [{"index_priority": {"priority": _PRIORITY}}], "transitions": []}],
            "ism_template": [{"index_patterns": [f"{alias}-v*"], "priority": _PRIORITY}],
        }
    }


def _put(client: "OpenSearch", path: str, body: dict[str, Any], *, create: str) -> None:
    """Make a policy, or change the one that is there: the engine wants to hear which one was read."""
    from opensearchpy import NotFoundError

    try:
        found = client.transport.perform_request("GET", path)
    except NotFoundError:
        client.transport.perform_request(create, path, body=body)
        return
    read = {"if_seq_no": found["_seq_no"], "if_primary_term": found["_primary_term"]}
    client.transport.perform_request("PUT", path, params=read, body=body)
