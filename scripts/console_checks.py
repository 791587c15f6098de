"""The console's own checks: format, lint, types, component tests, and how much JavaScript a first visit to the chat loads."""

import os
import subprocess
import sys
import time

from scripts import console, console_size

STEPS = {
    "format": ("exec", "prettier", "--", "--check", "--log-level", "warn", "."),
    "lint": ("run", "lint"),
    "types": ("run", "types"),
    "component tests": ("run", "test"),
}


def main() -> int:
    """0 when everything passed. Without npm's packages the checks are skipped, and fail where MARU_REQUIRE names npm."""
    try:
        console.build(lambda line: print(f"  {line}", flush=True))
    except (console.BuildFailed, OSError) as failed:
        required = "npm" in os.environ.get("MARU_REQUIRE", "").split(",")
        print(f"{'FAILED' if required else 'skipped'}: needs npm: {str(failed)[-1500:]}", flush=True)
        return int(required)
    passed = [_passes(name, arguments) for name, arguments in STEPS.items()]
    return 0 if all(passed) and console_size.main() == 0 else 1


def _passes(name: str, arguments: tuple[str, ...]) -> bool:
    started = time.monotonic()
    command, environment = console.npm_command(*arguments)
    done = subprocess.run(command, cwd=console.SOURCE, env=environment, capture_output=True, text=True, check=False)
    print(f"  {name}: {'ok' if done.returncode == 0 else 'FAILED'} in {time.monotonic() - started:.0f} s", flush=True)
    if done.returncode != 0:
        print((done.stdout + done.stderr)[-6000:], flush=True)
    return done.returncode == 0


if __name__ == "__main__":
    sys.exit(main())
