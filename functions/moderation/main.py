"""What uvicorn serves: the application on the settings of its environment."""

import os

from functions.moderation.app import build
from functions.moderation.settings import Settings

app = build(Settings.from_env(os.environ))
