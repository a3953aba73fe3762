"""Every error that Passerelle raises on purpose.

::

    PasserelleError
    ├── DocumentError      one document is unusable: it is quarantined with this reason, the run goes on
    ├── SourceError        a source (folder, feed, page list) cannot be read: the source is reported, the run goes on
    ├── LexiconError       a file under models/ is wrong: which file, which line, what is expected
    ├── JudgementError     people's judgements on names contradict each other: which lines (resolution/judgements.py)
    ├── ModelError         a shipped or configured model is missing or does not load
    ├── TableError         rows break the declared schema: nothing is published
    └── VersionError       a version is missing, broken or may not be published
"""


class PasserelleError(Exception):
    """Base of all errors raised on purpose; its message says what, where and what to do next."""


class DocumentError(PasserelleError):
    """One document cannot be used; the message is the `reason` that its row shows."""


class SourceError(PasserelleError):
    """A source of documents cannot be read."""


class LexiconError(PasserelleError):
    """A word list, gazetteer or pattern file under `models/` is not valid."""


class ModelError(PasserelleError):
    """A trained model is missing or does not load."""


class TableError(PasserelleError):
    """Rows break the declared schema or an integrity check."""


class VersionError(PasserelleError):
    """A version cannot be found, compared or published."""
