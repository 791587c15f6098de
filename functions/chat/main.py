"""What uvicorn serves: the application on the settings of its environment."""

import gc
import os

from functions.chat.app import build
from functions.chat.settings import Settings

app = build(Settings.from_env(os.environ))

# What is there now stays: to look through all of it for garbage takes a tenth of a second, in which nobody is served.
gc.freeze()
