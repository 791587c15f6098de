"""What uvicorn serves: the application on the settings of its environment."""

import os

from functions.chains.app import build
from functions.chains.settings import Settings

app = build(Settings.from_env(os.environ))
