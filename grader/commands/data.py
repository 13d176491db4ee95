"""The commands for data sets: what is on this machine, and how it gets there."""

from typing import Annotated

import typer

from grader.commands.logging_options import LoggingTyper
from grader.commands.options import (
    DEFAULT_LANGUAGE,
    LanguageOption,
    exit_on_user_error,
    help_,
    refuse,
)
from grader.commands.usage_errors import TranslatingGroup
from grader.core.datasets import (
    DATASETS,
    VARIABLE,
    Dataset,
    FileState,
    FoundFile,
    describe_contents,
    find_data_folder,
    find_file,
)
from grader.core.i18n import Message, Translator, _

group = LoggingTyper(
    cls=TranslatingGroup,
    no_args_is_help=True,
    help=help_(_("Show and fetch the data sets that Keras and scikit-learn would download.")),
)


@group.command("list", help=help_(_("Show which data sets are on this machine, and where.")))
def list_datasets(lang: LanguageOption = DEFAULT_LANGUAGE) -> None:
    """Print one data set per line, then the folder."""
    translate = Translator(lang)
    folder = find_data_folder()
    widest = max(len(dataset.name) for dataset in DATASETS)
    for dataset in DATASETS:
        local_file = find_file(folder, dataset)
        typer.echo(f"{dataset.name:{widest}}  {translate(_describe(dataset, local_file))}")
    typer.echo(translate(_("Folder: {folder} (another one: ${variable})", folder=str(folder), variable=VARIABLE)))


@group.command("fetch", help=help_(_("Download a data set, or write what serves without a network.")))
def fetch(
    name: Annotated[
        str, typer.Argument(metavar="NAME", help=help_(_("Name of the data set: see grader data list.")))
    ],
    stand_in: Annotated[
        bool,
        typer.Option(
            "--stand-in",
            help=help_(_("Write what serves without a network: a part of MNIST, a made-up table of California.")),
        ),
    ] = False,
    lang: LanguageOption = DEFAULT_LANGUAGE,
) -> None:
    """Bring one data set onto this machine, unless it is there, and say what it is."""
    translate = Translator(lang)
    dataset = next((dataset for dataset in DATASETS if dataset.name == name), None)
    if dataset is None:
        names = ", ".join(dataset.name for dataset in DATASETS)
        refuse(translate(_("There is no data set {name}. There are: {names}", name=name, names=names)))
    folder = find_data_folder()
    local_file = find_file(folder, dataset)
    with exit_on_user_error(translate):
        if stand_in and local_file.state is not FileState.REAL:
            from grader.rubric.data.stand_ins import write_stand_in

            write_stand_in(dataset, folder)
        elif local_file.state is not FileState.REAL:
            _download(dataset, translate)
    typer.echo(translate(_describe(dataset, find_file(folder, dataset))))


def _download(dataset: Dataset, translate: Translator) -> None:
    from rich.console import Console
    from rich.progress import Progress

    from grader.commands.download import download

    with Progress(console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(dataset.name, total=None)
        download(
            dataset,
            find_data_folder(),
            lambda there, total: progress.update(task, completed=there, total=total or None),
        )


def _describe(dataset: Dataset, local_file: FoundFile) -> Message:
    content = describe_contents(dataset.name, local_file.state)
    if content is not None:
        return _("{content}; file: {file}", content=content, file=str(local_file.path))
    words = {
        FileState.PARTIAL: _("half downloaded; go on: grader data fetch {name}", name=dataset.name),
        FileState.DAMAGED: _(
            "{file} is damaged (wrong checksum); fetch it again: grader data fetch {name}",
            file=str(local_file.path),
            name=dataset.name,
        ),
        FileState.UNREADABLE: _("{file} cannot be read by you", file=str(local_file.path)),
    }
    return words.get(
        local_file.state,
        _(
            "not here; grader data fetch {name} downloads it, with --stand-in it needs no network",
            name=dataset.name,
        ),
    )
