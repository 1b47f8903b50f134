"""Offline checks of Linli records."""
