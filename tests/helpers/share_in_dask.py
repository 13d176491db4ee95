"""What a Dask worker of the tests loads before all else: the pools of its process share one warm worker.

Their examiners are forked, as those of the other tests are.
"""

from grader.examiner import client
from grader.grading import grader
from tests.helpers.forked_processes import EXAMINER, ForkServer
from tests.helpers.shared_worker import SharedWorker

_shared = SharedWorker()
grader.start_environment = _shared.start
_examiners = ForkServer(EXAMINER)
vars(client)["spawn"] = _examiners.spawn


def dask_teardown(_worker: object) -> None:
    """End the warm worker and what examiners are forked from with the Dask worker."""
    _shared.end()
    _examiners.__exit__()
