"""The seam between Auto Loader (Databricks) and Spark's file source (local)."""

from collections.abc import Sequence
from functools import reduce
from operator import or_

from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F

from ingestion.cutting import cut_frame
from ingestion.landing import FINISHED_ENDINGS, LONGEST_ENDING, TEMPORARY_NAMES
from ingestion.settings import Settings
from ingestion.sources import Source


def _text_options(source: Source) -> dict[str, str]:
    """How both read text: lines end at a line feed only; csv and json_array need the whole file."""
    reading = {"lineSep": "\n"} if source.format == "jsonl" else {"wholetext": "true"}
    return {
        **reading,
        "pathGlobFilter": source.files,
        "recursiveFileLookup": "true",
        # A file that cannot be read fails its batch; to skip it would lose it without a word.
        "ignoreCorruptFiles": "false",
        # A file that was listed and is gone must not hold up all others; the log names it.
        "ignoreMissingFiles": "true",
    }


def auto_loader_options(source: Source, settings: Settings) -> dict[str, str]:
    """The options of a ``cloudFiles`` stream that lands raw text.

    With ``managed_file_events`` files are found by events of the external location, else by
    listing. An empty ``partitionColumns`` keeps folder names from becoming columns.
    """
    options = {
        "cloudFiles.format": "text",
        "cloudFiles.schemaLocation": f"{settings.checkpoint(source.name)}/_schema",
        "cloudFiles.schemaEvolutionMode": "none",
        "cloudFiles.partitionColumns": "",
        "cloudFiles.includeExistingFiles": "true",
        "cloudFiles.allowOverwrites": str(source.allow_overwrites).lower(),
        "cloudFiles.maxFilesPerTrigger": str(settings.max_files),
        "cloudFiles.maxBytesPerTrigger": settings.max_bytes,
        "cloudFiles.validateOptions": "true",
    }
    if settings.managed_file_events:
        options["cloudFiles.useManagedFileEvents"] = "true"
    return options | _text_options(source)


def file_source_options(source: Source, settings: Settings) -> dict[str, str]:
    """The options of a stream of Spark's own file source, the local stand-in for Auto Loader."""
    return _text_options(source) | {
        "maxFilesPerTrigger": str(settings.max_files),
        # By default a file a week older than the newest one is left out without a word.
        "maxFileAge": "36500d",
    }


def literal_path(path: str) -> str:
    """A path whose brackets and stars mean themselves, for Spark reads paths as patterns."""
    return "".join(f"\\{char}" if char in "[]{}*?\\" else char for char in path)


def open_stream(spark: SparkSession, source: Source, settings: Settings) -> DataFrame:
    """A streaming frame of (raw, is_rescued, source_file, file_modified_at) over the folder."""
    databricks = settings.platform == "databricks"
    folder = settings.folder(source.name, source.path)
    options = (auto_loader_options if databricks else file_source_options)(source, settings)
    reader = spark.readStream.format("cloudFiles" if databricks else "text").options(**options)
    frame = reader.schema("value STRING").load(folder if databricks else literal_path(folder))
    return _records(frame, source)


def read_files(spark: SparkSession, source: Source, paths: Sequence[str]) -> DataFrame:
    """A frame like that of ``open_stream`` over the local files ``paths``, read once."""
    reader = spark.read.format("text").options(**_text_options(source)).schema("value STRING")
    return _records(reader.load([literal_path(path) for path in paths]), source)


def _records(frame: DataFrame, source: Source) -> DataFrame:
    path: Column = F.col("_metadata.file_path")
    wanted = frame.select(
        "value",
        path.alias("source_file"),
        F.col("_metadata.file_modification_time").alias("file_modified_at"),
    )
    return cut_frame(wanted.where(_is_finished(F.col("source_file"))), source)


def _is_finished(path: Column) -> Column:
    """Whether a file is finished, judged by its name; asked of every line, so it has to be quick.

    The pattern takes as long as the hash of a line, so only names that end in another way than most
    are held against it, and of these only the end.
    """
    usual = reduce(or_, (path.endswith(ending) for ending in FINISHED_ENDINGS))
    return usual | ~F.right(path, F.lit(LONGEST_ENDING)).rlike(TEMPORARY_NAMES.pattern)
