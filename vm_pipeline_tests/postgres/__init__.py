"""The warehouse on a real PostgreSQL server, which the tests bring with them."""
