"""What the server notes about itself for the commands beside it."""

from core.store.database import Transaction
from core.store.sqlite import Connection, named_sql

SQL = named_sql(__file__, "service_values")
DEFAULT_ENVIRONMENT = "alpha"


def set_environment(tx: Transaction, environment: str) -> None:
    """Notes the environment, which new keys are named after."""
    SQL.set_value(tx.connection, key="environment", value=environment)


def environment_of(connection: Connection) -> str:
    """The environment of the last start; `alpha` before the first."""
    return SQL.value(connection, key="environment") or DEFAULT_ENVIRONMENT
