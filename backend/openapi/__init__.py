"""The OpenAPI 3.1 file of the customers' part of the service, made from the routes and their types.

Litestar tells paths, parameters and names; msgspec, which decodes and encodes the bodies, tells their schemas. What all
routes share (errors, headers, keys, links) is added by rule. The nodes' part is not in it.

A new route is in it at once. What it has to say for itself, and a test asks for:
- in its decorator `operation_id`, `tags`, and `opt={"errors": (…)}`: the codes that follow from no rule in `errors.py`;
- a docstring, whose first sentence is the summary;
- an example of its body and answer in `examples/`, by operation id;
- words for parameters, tags and the fields of bodies in `words.py`, where names alone don't say it.
A new part of the service (a first path element) has a row in `security.py`, and one in `errors.BY_PREFIX`.
"""

from .document import OpenApiFile, document_of, openapi_config

__all__ = ["OpenApiFile", "document_of", "openapi_config"]
