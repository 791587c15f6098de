"""Scripts behind the Makefile; those that run before the environment exists use nothing but the standard library.

`make` begins with whatever python3 there is: this is read before the modules beside it, which an old one cannot read.
"""

import sys

if sys.version_info < (3, 7):  # noqa: UP036 - it is not Maru's own interpreter that reads this
    sys.exit(
        "This python3 is too old to prepare Maru: put a newer one (3.7 at least, 3.13 at best) first on PATH.\n"
        "이 python3는 너무 오래되었습니다. 3.7 이상(3.13 권장)을 PATH 앞에 두세요."
    )
