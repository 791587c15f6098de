"""The admin function's application."""

from functions.admin import audit_routes, budgets_routes, directory_routes, docs_routes, keys_routes, me_routes, usage_routes
from functions.admin.settings import Settings
from maru import aws
from maru.dynamo import Table
from maru.http import App, HttpServices, create_app
from maru.ledger.budgets import BudgetStore
from maru.ledger.plans import Plans
from maru.ledger.statements import Currency
from maru.ledger.usage import UsageStore

ROUTERS = [
    keys_routes.router,
    directory_routes.router,
    audit_routes.router,
    budgets_routes.router,
    usage_routes.router,
    me_routes.router,
    docs_routes.router,
]


def build(settings: Settings) -> App:
    """The application on the tables that the settings name."""
    services = HttpServices.connect(settings)
    dynamodb = aws.client("dynamodb")
    plans = Plans.load(settings.catalogue)
    budgets = BudgetStore(Table(dynamodb, settings.budgets_table, BudgetStore.SPEC), services.tenants, plans)
    usage = UsageStore(Table(dynamodb, settings.usage_table, UsageStore.SPEC))
    currency = Currency.of(settings.second_currency, settings.second_currency_rate)
    return create_app(
        title="Maru administration",
        routers=ROUTERS,
        services=services,
        collaborators=[services.keys, services.tenants, services.identities, services.audit, budgets, plans, usage, currency],
        ready={"keys": lambda: services.tenants.exists("-")},
        cors_origins=settings.cors_origins,
    )
