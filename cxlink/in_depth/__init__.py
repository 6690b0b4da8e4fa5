"""One stage by itself, looked at closely: what the commands beside ``run`` show."""
