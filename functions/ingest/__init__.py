"""The worker that brings documents into the index: S3's events and the API's jobs, out of one queue."""
