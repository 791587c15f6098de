"""What uvicorn serves: the application on the settings of its environment."""

import os

from functions.knowledge.app import build
from functions.knowledge.settings import Settings

app = build(Settings.from_env(os.environ))
