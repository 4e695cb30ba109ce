"""Run and control charts against recorded results of reference packages, and what must hold for any series."""
