"""What was extracted is remembered until its text, its metadata or the extractor changes."""

import pytest
from making import document, facts

from pipeline.core.errors import VersionError
from pipeline.core.facts import Quarantined
from pipeline.versions.cache import open_documents, open_facts

READ = document("a.txt", "Alpha et Beta.", title="Titre", published_on="2019-05-03")


def test_facts_come_back_equal(tmp_path):
    stated = facts(READ, "Alpha", "Beta")
    with open_facts(tmp_path / "cache.db", extractor="x") as cache:
        cache.put(READ, stated)
    with open_facts(tmp_path / "cache.db", extractor="x") as cache:
        assert cache.get(READ) == stated


@pytest.mark.parametrize(
    "other",
    [
        document("a.txt", "Alpha et Beta !", title="Titre", published_on="2019-05-03"),
        document("a.txt", "Alpha et Beta.", title="Titre", published_on="2020"),
        document("a.txt", "Alpha et Beta.", title="Titre", published_on="2019-05-03", publisher="Agence"),
    ],
)
def test_a_changed_text_or_metadata_is_not_known(tmp_path, other):
    with open_facts(tmp_path / "cache.db", extractor="x") as cache:
        cache.put(READ, facts(READ))
        assert cache.get(other) is None


def test_another_extractor_knows_nothing_and_old_ones_are_forgotten(tmp_path):
    for extractor in "abcde":
        with open_facts(tmp_path / "cache.db", extractor=extractor) as cache:
            assert cache.get(READ) is None
            cache.put(READ, facts(READ))
    with open_facts(tmp_path / "cache.db", extractor="f") as cache:
        assert len(cache.memory) == 3


def test_loaded_documents_come_back_as_what_they_were(tmp_path):
    aside = Quarantined("doc-1", "x.bin", "binary")
    with open_documents(tmp_path / "cache.db") as memory:
        memory.update({"one": READ, "two": aside})
    with open_documents(tmp_path / "cache.db") as memory:
        assert dict(memory) == {"one": READ, "two": aside}
        del memory["two"]
        assert list(memory) == ["one"]


def test_a_broken_file_says_what_to_do(tmp_path):
    (tmp_path / "cache.db").write_bytes(b"no database at all" * 100)
    with pytest.raises(VersionError, match="delete it"), open_facts(tmp_path / "cache.db", extractor="x"):
        pass
