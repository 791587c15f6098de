"""Weather: the sample of a tool, carried out by a Lambda function of its own."""
