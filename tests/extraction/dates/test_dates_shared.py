"""The figures that the date grammar owes, on data that lies beside the repository; skipped where it does not."""

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[3]
SHARED = ROOT.parent / "shared"
pytestmark = pytest.mark.skipif(
    not (SHARED / "data" / "date_sentences.jsonl").exists() or not (ROOT / "benchmarks" / "dates.py").exists(),
    reason=f"no measuring data under {SHARED} or no benchmarks/dates.py",
)


@pytest.fixture(scope="module")
def benchmark() -> ModuleType:
    spec = importlib.util.spec_from_file_location("dates_benchmark", ROOT / "benchmarks" / "dates.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_sentences_in_press_style(benchmark: ModuleType) -> None:
    right, total = benchmark.sentences(SHARED, benchmark.ours)
    assert total - right <= 1


def test_recognizers_cases(benchmark: ModuleType) -> None:
    found, wanted, right, valued, _ = benchmark.recognizers(SHARED, benchmark.ours)
    assert found >= 0.85 * wanted
    assert right >= 0.80 * valued


def test_timebank_with_the_spec_s_intervals(benchmark: ModuleType) -> None:
    right, told, wanted, values = benchmark.timebank(SHARED, benchmark.ours, spec=True)
    assert benchmark.f1(right, told, wanted) >= 0.90
    assert values >= 0.90 * right


def test_press_texts(benchmark: ModuleType) -> None:
    assert benchmark.f1(*benchmark.press(SHARED, mods=True)) >= 0.95
