"""What uvicorn serves: the application on the settings of its environment."""

import os

from functions.admin.app import build
from functions.admin.settings import Settings

app = build(Settings.from_env(os.environ))
