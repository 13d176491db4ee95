"""The seal of a course: the secret from which everything hidden is drawn, such as which rows are held out.

Imports NumPy only when something is drawn, so that the command line can pass secrets on without it.
"""

import hashlib
import hmac
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

FIXED_SEED = 2026  # of what is drawn without a secret
# The secret of practice runs: it is public. With this one, each reference is decided by a single training.
PRACTICE = b"practice data"
UNSEALED = b""  # no secret: the data as they were before version 0.2, to judge evidence of that time
PRACTICE_NAME = "practice"
_LABEL = b"keras-grader seal\0"  # so that no other use of the secret gives the same bytes


@dataclass(frozen=True)
class Seal:
    """Draws random numbers from a secret: the same secret and purpose give the same numbers.

    Without a secret, every purpose gets a generator with a fixed seed.

    >>> Seal(PRACTICE).random("rows").permutation(100)
    """

    secret: bytes = field(default=UNSEALED, repr=False)

    @property
    def is_closed(self) -> bool:
        """Return whether there is a secret, so that data are changed by it."""
        return bool(self.secret)

    def derive(self, purpose: str) -> "Seal":
        """Return a seal whose secret follows from this one; the same where there is none."""
        return Seal(self._digest(purpose)) if self.secret else self

    def random(self, purpose: str, fixed_seed: int = FIXED_SEED) -> "np.random.Generator":
        """Return a new generator for a purpose. It is seeded with 256 bits, which nobody can try out.

        Args:
            purpose: such as "rows" or "columns"; each gets numbers of its own.
            fixed_seed: of the generator where there is no secret.
        """
        import numpy as np

        return np.random.default_rng(int.from_bytes(self._digest(purpose), "big") if self.secret else fixed_seed)

    def random_state(self, purpose: str) -> "int | np.random.RandomState":
        """Return what scikit-learn takes as `random_state`, for a purpose."""
        import numpy as np

        if not self.secret:
            return FIXED_SEED
        return np.random.RandomState(np.random.PCG64(int.from_bytes(self._digest(purpose), "big")))

    def _digest(self, purpose: str) -> bytes:
        return hmac.digest(self.secret, _LABEL + purpose.encode(), hashlib.sha256)


NO_SEAL = Seal()


def name_seal(secret: bytes) -> str:
    """Return what verdicts and classes call a secret: "practice", or 16 hexadecimal digits that do not reveal it.

    "" for no secret.
    """
    if secret in {UNSEALED, PRACTICE}:
        return PRACTICE_NAME if secret else ""
    return hmac.digest(secret, _LABEL + b"name", hashlib.sha256).hex()[:16]
