"""What is wrong with a package as one error: a row a problem."""

from ..errors import ApiError, ErrorCode, ErrorDetail

_MOST_ROWS = 100


def rejected(rows: list[ErrorDetail], what: str = "The package") -> ApiError:
    """PACKAGE_REJECTED with these problems of `what`, at most the first hundred of them. A single one is said in the
    message too."""
    told = rows[:_MOST_ROWS]
    if len(rows) > _MOST_ROWS:
        told.append(ErrorDetail(f"and {len(rows) - _MOST_ROWS:,} more problems"))
    said = f"a problem: {told[0].message}" if len(rows) == 1 else f"{len(rows):,} problems."
    return ApiError(ErrorCode.PACKAGE_REJECTED, f"{what} has {said}", details=told)
