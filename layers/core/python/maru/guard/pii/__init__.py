"""Personal data: identifiers by pattern and checksum, names and addresses by context; Korean and international."""
