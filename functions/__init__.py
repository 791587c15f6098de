"""One folder is one Lambda function; its handler is glue and nothing else."""
