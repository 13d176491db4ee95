"""What earlier copies of docs/ci call: said once on standard error, then done under the new name."""

import os
import sys

from grader.core.i18n import Translator, _


def warn_of_old_name(old: str, new: str) -> None:
    """Say on standard error, in the language of the comment, what a copied workflow should call instead."""
    translate = Translator(os.environ.get("LANGUAGE_OF_COMMENT", "en"))
    sentence = _("python -m {old} is now called python -m {new}: change that in your workflow.", old=old, new=new)
    sys.stderr.write(translate(sentence) + "\n")
