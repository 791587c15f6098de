"""The HTTP function of files, uploads and vector stores."""
