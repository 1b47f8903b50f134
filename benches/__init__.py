"""Benches: how fast, measured how. `./run bench NAME` runs one; docs/benches.md tells what each measures."""
