"""Flags to settings to pipeline; the only code that prints or exits. One file a command."""
