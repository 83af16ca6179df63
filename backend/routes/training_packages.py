"""Training packages: one zip each, inspected when it is finalized. What they share with datasets is in `uploads`."""

from core.content.uploads import UploadKind

from .uploads import upload_handlers

HANDLERS = upload_handlers(
    UploadKind.TRAINING_PACKAGE, "/customer/training-packages", scope="packages", tag="training packages"
)
