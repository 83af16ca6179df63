"""The OpenAPI 3.1 file of the customers' part of the service, made from the routes and their types.

Litestar tells paths, parameters and names; msgspec, which decodes and encodes the bodies, tells their schemas. What all
routes share (errors, headers, keys) is added by rule. The nodes' part is not in it.
"""

from .document import OpenApiFile, document_of, openapi_config

__all__ = ["OpenApiFile", "document_of", "openapi_config"]
