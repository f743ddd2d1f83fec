"""What a run found, written and read."""
