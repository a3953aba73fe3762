"""`passerelle`: each command calls one stage or one job; what it needs is imported when it runs."""

import os
import sys
from pathlib import Path
from typing import Any

import click

from pipeline.core import lexicon
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
MODELS = click.option(
    "--models",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=lexicon.MODELS,
    help="Word lists and models  [default: those of the project]",
)
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

MODES = click.Choice(["review", "auto", "never"])

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
@click.option("--accept-counts", is_flag=True, help="Publish although a table shrank or grew, or more changed, than the bounds allow.")
@click.option(
    "--publish", type=MODES, default="review", show_default=True, help="What publishes: what the policy lets pass, all sound, none."
)
@click.option("--quiet", is_flag=True, help="No progress.")
def run(corpus: tuple[Path, ...], outputs: Path, models: Path, strict: bool, quiet: bool, **options: Any) -> None:
    """Read documents and publish what they state as tables.

    The first version of an outputs folder is published by itself; of later ones all but the changes that wait for a person, which are held
    back one by one (models/review/policy.yaml).

    Exit status: 0 published or waiting, 1 documents were set aside (with --strict), 2 unusable arguments, 3 a check failed.
    """
    from pipeline.workflow.job import run_job
    from pipeline.workflow.report import lines

    report = run_job(corpus, outputs, models, show=not quiet, **options)
    click.echo("\n".join(lines(report)))
    if report.blocking:
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


@main.command()
@click.argument("base", required=False)
@click.argument("head", required=False)
@OUTPUTS
@MODELS
@click.option("--format", "form", type=click.Choice(["text", "markdown", "json", "html"]), default="text", show_default=True)
def diff(base: str | None, head: str | None, outputs: Path, models: Path, form: str) -> None:
    """What differs between two versions of the tables, and why.

    BASE and HEAD are ids of versions (their beginning is enough), `published` or `staged`. Without them: what readers see against what the
    last run staged, or, when that is published, the version before it. Where word lists, models or code moved together, documents are
    extracted again to tell which of them makes a change: as many as review/causes.yaml of the models folder allows.
    """
    from pipeline.versions.report import FORMATS
    from pipeline.workflow.comparing import compare_versions

    click.echo(FORMATS[form](compare_versions(outputs, models, base, head)), nl=False)


@main.command()
@CORPUS
@WRITTEN
@MODELS
@JUDGEMENTS
@click.option(
    "--with", "other", type=click.Path(exists=True, file_okay=False, path_type=Path), required=True, help="The other models folder."
)
@click.option("--format", "form", type=click.Choice(["text", "markdown", "json", "html"]), default="text", show_default=True)
def compare(corpus: tuple[Path, ...], outputs: Path, models: Path, judgements: Path | None, other: Path, form: str) -> None:
    """What the tables would be with other word lists or models over the same corpus; nothing is staged or published."""
    from pipeline.versions.report import FORMATS
    from pipeline.workflow.comparing import compare_models

    click.echo(FORMATS[form](compare_models(corpus, outputs, models, other, judgements)), nl=False)


@main.command()
@click.argument("version", required=False)
@OUTPUTS
@MODELS
@click.option("--mode", type=click.Choice(["review", "auto"]), default="review", show_default=True, help="Whether changes may still wait.")
@click.option("--accept-counts", is_flag=True, help="Publish although a table shrank or grew, or more changed, than the bounds allow.")
def publish(version: str | None, outputs: Path, models: Path, mode: str, accept_counts: bool) -> None:
    """Publish the staged version with all decisions in it, or, as it was, the VERSION of an earlier day.

    Exit status: 0 published, 3 not published and why.
    """
    from pipeline.versions.store import Store
    from pipeline.workflow.job import publish_staged, publish_version
    from pipeline.workflow.report import released

    store = Store(outputs)
    if version:
        click.echo(publish_version(store, version))
        return
    outcome = publish_staged(store, models, mode=mode, accept_counts=accept_counts)
    click.echo("\n".join(released(outcome, outputs)))
    sys.exit(0 if outcome.published else UNPUBLISHED)


@main.command()
@OUTPUTS
@click.option("--on", "day", help="A day or a moment, ISO 8601: what was said then.")
@click.option("--table", metavar="TABLE", help="With --on: every row that this table had then, a line of JSON each.")
@click.option("--row", "fact", nargs=2, metavar="TABLE ID", help="Every value that one row ever had, with valid_from and valid_to.")
def history(outputs: Path, day: str | None, table: str | None, fact: tuple[str, str] | None) -> None:
    """What was published when; with --row, what a row said from when to when; with --on, which version was published then.

    All of it is in OUTPUTS/history.db, whether the version is still kept or not.
    """
    from pipeline.versions.history import publication_on, publications, row_history, table_on
    from pipeline.versions.store import Store

    store = Store(outputs)
    if table and not day:
        raise click.BadParameter("say of which day, with --on", param_hint="--table")
    if fact:
        lines = row_history(store, *fact)
    elif table and day:
        lines = table_on(store, table, day)
    else:
        lines = iter([publication_on(store, day).version_id] if day else publications(store))
    for line in lines:
        click.echo(line)


@main.group()
def decisions() -> None:
    """What people decided about facts: export to and import from a file that fits in git."""


@decisions.command("export")
@click.argument("path", type=click.Path(dir_okay=False, path_type=Path), default=Path("corpus/decisions.jsonl"))
@OUTPUTS
def export_decisions(path: Path, outputs: Path) -> None:
    """Write all decisions to PATH, one JSON object a line."""
    from pipeline.versions.decisions import export_file, log_of

    click.echo(f"{export_file(log_of(outputs), path)} decisions in {path}")


@decisions.command("import")
@click.argument("path", type=click.Path(exists=True, dir_okay=False, path_type=Path), default=Path("corpus/decisions.jsonl"))
@WRITTEN
def import_decisions(path: Path, outputs: Path) -> None:
    """Take the decisions of PATH that are not known yet; the file of a corpus is read by every run."""
    from pipeline.versions.decisions import import_file, log_of

    click.echo(f"{import_file(log_of(outputs), path)} new decisions from {path}")


@main.command()
@OUTPUTS
@click.option("--site", type=click.Path(path_type=Path), help="Where the site is to be  [default: site in the outputs]")
def observatory(outputs: Path, site: Path | None) -> None:
    """Write the static site of the published version: pages, charts, search and downloads.

    Exit status: 0 written, 3 nothing is published yet.
    """
    from pipeline.observatory.site import build_site

    made = build_site(outputs, site)
    click.echo(f"{made.pages} pages: open {made.entry}")


@main.command()
@WRITTEN
@MODELS
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on; any but this machine's own needs --token.")
@click.option("--port", type=click.IntRange(0, 65535), default=8010, show_default=True)
@click.option("--token", envvar="PASSERELLE_TOKEN", help="What people must know to enter; also from PASSERELLE_TOKEN.")
def review(outputs: Path, models: Path, host: str, port: int, token: str | None) -> None:
    """The page on which people decide about changes, on http://127.0.0.1:8010."""
    import uvicorn

    from pipeline.review.app import create_app
    from pipeline.review.security import LOOPBACK
    from pipeline.versions.store import Store
    from pipeline.workflow.stages import find_policy

    if host not in LOOPBACK and not token:
        raise click.BadParameter("others can reach this address: set --token or PASSERELLE_TOKEN", param_hint="--host")
    uvicorn.run(create_app(Store(outputs), find_policy(models), models, token=token), host=host, port=port, log_level="warning")
