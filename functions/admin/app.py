"""The admin function's application."""

from functions.admin import audit_routes, directory_routes, docs_routes, keys_routes
from functions.admin.settings import Settings
from maru.http import App, HttpServices, create_app

ROUTERS = [keys_routes.router, directory_routes.router, audit_routes.router, docs_routes.router]


def build(settings: Settings) -> App:
    """The application on the tables that the settings name."""
    services = HttpServices.connect(settings)
    return create_app(
        title="Maru administration",
        routers=ROUTERS,
        services=services,
        collaborators=[services.keys, services.tenants, services.identities, services.audit],
        ready={"keys": lambda: services.tenants.exists("-")},
        cors_origins=settings.cors_origins,
    )
