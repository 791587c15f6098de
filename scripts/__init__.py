"""Scripts behind the Makefile; those that run before the environment exists use nothing but the standard library."""
