"""The only code that knows DuckDB or Spark."""
