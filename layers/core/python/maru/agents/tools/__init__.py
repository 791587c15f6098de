"""Tools of agents: registered, called under rules, carried out elsewhere, their results treated as untrusted text."""
