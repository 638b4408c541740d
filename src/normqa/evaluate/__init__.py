"""Measure retrieval, quotes and refusals on judged collections.

Importing any module of this package requires the extra ``normqa[eval]``.
"""

from normqa.errors import ExtraMissing
from normqa.extras import EVAL

EVAL.require("Evaluation", ExtraMissing)
