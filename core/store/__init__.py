"""The door to the database: transactions, the group-commit writer, migrations. Nothing here knows what is stored."""
