"""`make data-sql`: print the SQL that serves the catalogue's views on a PostgreSQL primary."""

import sys

from maru.structured.schema_sql import statements
from maru.structured.views import Views


def main() -> None:
    """Print the statements; its first argument is another catalogue's folder."""
    views = Views.load(sys.argv[1] if len(sys.argv) > 1 else "catalogue")
    print("BEGIN;", *(f"{statement};" for statement in statements(views)), "COMMIT;", sep="\n")


if __name__ == "__main__":
    main()
