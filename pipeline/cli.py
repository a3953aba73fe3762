"""`passerelle`: each command calls one stage or one job; what it needs is imported when it runs."""

import os
import sys
from pathlib import Path
from typing import Any

import click

from pipeline.core.errors import LexiconError, PasserelleError, SourceError


def writable(ctx: click.Context, parameter: click.Parameter, folder: Path) -> Path:
    """The folder, made if it is not there; one that cannot be written is an unusable argument."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise click.BadParameter(f"{folder} cannot be made: {error.strerror}", ctx, parameter) from error
    if not os.access(folder, os.W_OK | os.X_OK):
        raise click.BadParameter(f"{folder} cannot be written", ctx, parameter)
    return folder


OUTPUTS = click.option("--outputs", type=click.Path(file_okay=False, path_type=Path), default=Path("outputs"), show_default=True)
WRITTEN = click.option(
    "--outputs", type=click.Path(file_okay=False, path_type=Path), default=Path("outputs"), show_default=True, callback=writable
)
MODELS = click.option("--models", type=click.Path(exists=True, file_okay=False, path_type=Path), default=Path("models"), show_default=True)

CORPUS = click.option(
    "--corpus",
    type=click.Path(exists=True, path_type=Path),
    multiple=True,
    default=[Path("corpus")],
    show_default=True,
    help="A folder of .txt, .html, .json, .jsonl (also .gz), or one with a sources.yaml; may be given several times.",
)

JUDGEMENTS = click.option(
    "--judgements",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="People's judgements on names  [default: judgements.csv in the corpus]",
)

INCOMPLETE, UNUSABLE, UNPUBLISHED = 1, 2, 3


class Commands(click.Group):
    """A group whose commands end with a plain message when something is wrong on purpose."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; the message of our own errors says what, where and what to do next."""
        try:
            return super().invoke(ctx)
        except PasserelleError as error:
            click.echo(f"passerelle: {error}", err=True)
            raise SystemExit(UNUSABLE if isinstance(error, SourceError | LexiconError) else UNPUBLISHED) from error


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="passerelle")
def main() -> None:
    """French press releases in, tables out."""


@main.command()
@CORPUS
@WRITTEN
@MODELS
@JUDGEMENTS
@click.option("--workers", type=click.IntRange(min=1), default=1, show_default=True, help="Processes that extract.")
@click.option("--strict", is_flag=True, help="Exit with 1 when a document was set aside.")
@click.option("--accept-counts", is_flag=True, help="Publish although a table shrank or grew beyond the bounds.")
@click.option("--quiet", is_flag=True, help="No progress.")
def run(corpus: tuple[Path, ...], outputs: Path, models: Path, strict: bool, quiet: bool, **options: Any) -> None:
    """Read documents and publish what they state as tables.

    Exit status: 0 published, 1 published but documents were set aside (with --strict), 2 unusable arguments, 3 nothing published.
    """
    from pipeline.workflow.job import run_job
    from pipeline.workflow.report import lines

    report = run_job(corpus, outputs, models, show=not quiet, **options)
    click.echo("\n".join(lines(report)))
    if not report.published:
        sys.exit(UNPUBLISHED)
    if strict and report.quarantined:
        sys.exit(INCOMPLETE)


@main.command()
@click.argument("gold", type=click.Path(exists=True, file_okay=False, path_type=Path))
@OUTPUTS
@click.option("--json", "as_object", is_flag=True, help="One JSON object instead of the table.")
@click.option("--verbose", is_flag=True, help="Every missed and wrong fact.")
def score(gold: Path, outputs: Path, as_object: bool, verbose: bool) -> None:
    """Precision, recall and F1 of the published tables, by family, for the gold facts in the folder GOLD.

    Exit status: 0, 1 when a gold file's document is not in the tables, 2 unusable arguments.
    """
    import json

    from pipeline.tables.score import as_json, as_lines, read_gold, score_tables
    from pipeline.versions.store import Store

    facts = read_gold(gold)
    if not facts:
        raise click.BadParameter(f"there is no .json file in {gold}", param_hint="GOLD")
    result = score_tables(Store(outputs).readable().tables(), facts)
    click.echo(json.dumps(as_json(result), ensure_ascii=False) if as_object else "\n".join(as_lines(result, verbose=verbose)))
    sys.exit(INCOMPLETE if result.missing else 0)
