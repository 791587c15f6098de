"""Where checks come from: the check that policies call X is ``CHECK`` of the module or package ``maru.guard.X``."""

import importlib
from functools import cache

from maru.guard.check import AnyCheck


@cache
def built_in(name: str) -> AnyCheck:
    """The check of a policy's entry; raises LookupError where this installation has none. Imported when first asked for."""
    try:
        found: AnyCheck = importlib.import_module(f"maru.guard.{name}").CHECK
    except (ModuleNotFoundError, AttributeError) as error:
        raise LookupError(f"There is no check '{name}' here.") from error
    return found
