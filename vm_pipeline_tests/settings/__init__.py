"""Settings: what may be said, and how what is wrong is told."""
