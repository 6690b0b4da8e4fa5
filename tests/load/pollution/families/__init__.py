"""The pollutions, one module a family."""
