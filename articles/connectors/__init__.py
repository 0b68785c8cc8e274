"""How a merchant's page tells its price. One connector for each way; a merchant names the one that reads its pages."""

from articles.connectors.found import Found
from articles.connectors.registry import Connector, get, names, register
from articles.connectors.schema_org import SchemaOrg

register(SchemaOrg())

__all__ = ["Connector", "Found", "get", "names", "register"]
