"""How often a system is right, how sure that is, and which of two is better."""
