"""Alerts: what is told, once, by which way, and what becomes of servers that do not take it."""
