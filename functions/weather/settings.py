"""What the weather tool needs: its name, and it may touch nothing."""

from maru.agents.tools.settings import ToolSettings


class Settings(ToolSettings):
    """Settings of the weather tool."""
