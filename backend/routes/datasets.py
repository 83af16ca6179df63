"""Datasets. What they share with training packages is in `uploads`."""

from core.content.uploads import UploadKind

from .uploads import upload_handlers

HANDLERS = upload_handlers(UploadKind.DATASET, "/customer/datasets", scope="datasets", tag="datasets")
