"""The chat function's application."""

from functions.chat import completions_routes, embeddings_routes, models_routes
from functions.chat.settings import Settings
from maru.http import App, HttpServices, create_app
from maru.models import ModelClient

ROUTERS = [completions_routes.router, embeddings_routes.router, models_routes.router]


def build(settings: Settings) -> App:
    """The application on the tables and models that the settings name."""
    services = HttpServices.connect(settings)
    models = ModelClient.connect(settings)
    return create_app(
        title="Maru chat",
        routers=ROUTERS,
        services=services,
        collaborators=[models, services.log],
        ready={"keys": lambda: services.tenants.exists("-")},
        cors_origins=settings.cors_origins,
        lifespan=lambda: models,
    )
