"""Doctor: each thing broken, and found."""
