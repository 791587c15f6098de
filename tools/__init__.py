"""Commands of the people who build and deploy Maru."""
