"""Signatures first; bodies follow."""
