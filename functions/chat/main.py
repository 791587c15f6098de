"""What uvicorn serves: the application on the settings of its environment."""

import os

from functions.chat.app import build
from functions.chat.settings import Settings
from maru import collecting

app = build(Settings.from_env(os.environ))
collecting.settle()
