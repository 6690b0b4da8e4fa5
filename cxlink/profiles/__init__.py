"""Exports of known tools: what each looks like, which canonical tables it feeds, and how a configuration is written."""
