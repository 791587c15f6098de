"""The moderation function's application."""

from functions.moderation import check_routes, evaluation_routes, moderations_routes, policy_routes
from functions.moderation.settings import Settings
from maru import aws
from maru.dynamo import Table
from maru.guard import policy
from maru.guard.engine import Guard
from maru.guard.policies import PolicyStore
from maru.http import App, HttpServices, create_app

ROUTERS = [moderations_routes.router, check_routes.router, policy_routes.router, evaluation_routes.router]


def build(settings: Settings) -> App:
    """The application on the tables and the catalogue that the settings name."""
    services = HttpServices.connect(settings)
    table = Table(aws.client("dynamodb"), settings.policies_table, PolicyStore.SPEC)
    return create_app(
        title="Maru moderation",
        routers=ROUTERS,
        services=services,
        collaborators=[Guard(log=services.log), PolicyStore(table, policy.load(settings.catalogue))],
        ready={"keys": lambda: services.tenants.exists("-")},
        cors_origins=settings.cors_origins,
    )
