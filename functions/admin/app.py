"""The admin function's application."""

from functions.admin import audit_routes, budgets_routes, directory_routes, docs_routes, keys_routes
from functions.admin.settings import Settings
from maru import aws
from maru.dynamo import Table
from maru.http import App, HttpServices, create_app
from maru.ledger.budgets import BudgetStore

ROUTERS = [keys_routes.router, directory_routes.router, audit_routes.router, budgets_routes.router, docs_routes.router]


def build(settings: Settings) -> App:
    """The application on the tables that the settings name."""
    services = HttpServices.connect(settings)
    budgets = BudgetStore(Table(aws.client("dynamodb"), settings.budgets_table, BudgetStore.SPEC))
    return create_app(
        title="Maru administration",
        routers=ROUTERS,
        services=services,
        collaborators=[services.keys, services.tenants, services.identities, services.audit, budgets],
        ready={"keys": lambda: services.tenants.exists("-")},
        cors_origins=settings.cors_origins,
    )
