"""The worker that tests share."""

from tests.helpers.shared_worker import shared_worker

__all__ = ["shared_worker"]
