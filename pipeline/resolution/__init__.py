"""Many documents → one organisation, project and programme each, with a memory of people's judgements.

`values` what goes in and comes out · `normal` names made comparable · `judgements` what people decided · `claims` who claims which name ·
`linking` groups under constraints · `resolve` the rules that merge · `choose` name, kind, country and id of a group · `suggest` near-misses
for a reviewer
"""

from pipeline.resolution.judgements import NO_JUDGEMENTS, Judgement, JudgementError, Judgements, read_judgements
from pipeline.resolution.resolve import resolve, row_of_name
from pipeline.resolution.suggest import Suggestion, suggestions
from pipeline.resolution.values import Merge, Resolution, ResolvedEntity

__all__ = [
    "NO_JUDGEMENTS",
    "Judgement",
    "JudgementError",
    "Judgements",
    "Merge",
    "Resolution",
    "ResolvedEntity",
    "Suggestion",
    "read_judgements",
    "resolve",
    "row_of_name",
    "suggestions",
]
