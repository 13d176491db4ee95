"""The worker that the tests of this folder share."""

from tests.helpers.shared_worker import share_worker

__all__ = ["share_worker"]
