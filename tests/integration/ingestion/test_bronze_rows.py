"""The bronze row: bytes as they came, and where they came from."""

import gzip
import hashlib
from urllib.parse import unquote, urlsplit

from ingestion.envelope import BRONZE_COLUMNS
from tests.integration.ingestion.bench import Bench

BOM = b"\xef\xbb\xbf"


def lines_of(bench: Bench, content: bytes, name: str = "a.json") -> list[bytes]:
    bench.put(name, content)
    bench.ingest()
    return bench.rows()


def test_lines_land_byte_for_byte(bench: Bench) -> None:
    content = {
        "crlf": (b'{"a":1}\r\n{"a":2}\r\n\r\n', [b'{"a":1}\r', b'{"a":2}\r', b"\r"]),
        "lone carriage return": (b"1\r2\n", [b"1\r2"]),
        "no line feed at the end": (b"1\n2", [b"1", b"2"]),
        "blank lines": (b"\n\n1\n\n", [b"", b"", b"1", b""]),
        "empty": (b"", []),
        "not utf-8": (b'{"a":"\xff\xc3"}\n', [b'{"a":"\xff\xc3"}']),
        "nul and separators": ("\0\u2028\x85\n".encode(), ["\0\u2028\x85".encode()]),
        "order mark inside": (b"1\n" + BOM + b"2\n", [b"1", BOM + b"2"]),
        "malformed": (b'{"a":\nnonsense\n', [b'{"a":', b"nonsense"]),
        "five megabytes": (b"x" * 5_000_000 + b"\n1\n", [b"x" * 5_000_000, b"1"]),
    }
    for name, (written, _) in content.items():
        bench.put(f"{name}.json", written)
    gzipped = gzip.compress(b"1\n") + gzip.compress(b"2\n")
    bench.put("two members.json.gz", gzipped)
    assert bench.ingest().files == len(content) + 1
    landed: dict[str, list[bytes]] = {}
    for raw, file, digest in bench.rows("raw, source_file, line_hash"):
        landed.setdefault(unquote(file).rpartition("/")[2], []).append(raw)
        assert digest == hashlib.sha256(raw).hexdigest()[:32]
    assert landed.pop("two members.json.gz") == [b"1", b"2"]
    for name, (_, expected) in content.items():
        assert landed.get(f"{name}.json", []) == sorted(expected), name


def test_the_order_mark_at_the_start_of_a_file_is_the_one_thing_left_out(bench: Bench) -> None:
    assert lines_of(bench, BOM + b'{"a":1}\n') == [b'{"a":1}']


def test_the_columns_are_those_of_the_contract(bench: Bench) -> None:
    lines_of(bench, b"1")
    table = bench.spark.read.format("delta").load(str(bench.table))
    assert [(name, kind.upper()) for name, kind in table.dtypes] == list(BRONZE_COLUMNS)
    detail = bench.spark.sql(f"describe detail delta.`{bench.table}`").collect()[0]
    assert detail["partitionColumns"] == ["region"]
    assert detail["properties"]["delta.enableChangeDataFeed"] == "true"


def test_what_people_wrote_is_not_in_the_tables_log(bench: Bench) -> None:
    lines_of(bench, b'{"email":"someone@example.com"}')
    logs = [file.read_text() for file in (bench.table / "_delta_log").glob("*.json")]
    assert any("ingest_batch" in log for log in logs)
    assert not any("someone@example.com" in log for log in logs)


def test_the_region_is_the_paths_or_the_sources_own(bench: Bench) -> None:
    bench.put("region=eu-west-1/date=2026-01-01/hour=00/a.json", b"1")
    bench.put("b.json", b"2")
    bench.ingest()
    assert bench.rows("raw, region") == [(b"1", "eu-west-1"), (b"2", "unknown")]


def test_a_source_may_say_how_its_paths_name_the_region(bench: Bench) -> None:
    trail = bench.of(region_pattern="_CloudTrail_([a-z]+-[a-z]+-[0-9])", region="global")
    trail.put("1_CloudTrail_us-east-1_x.json", b"1")
    trail.put("other.json", b"2")
    trail.ingest()
    assert trail.rows("raw, region") == [(b"1", "us-east-1"), (b"2", "global")]


def test_any_name_of_folder_and_file_is_read(bench: Bench) -> None:
    odd = bench.of(path="p/[odd] {folder}", allow_overwrites=True)
    path = odd.put("ü 100% #1?*[a].json", b"1")
    assert odd.ingest().files == 1
    (file,) = odd.rows("source_file")
    assert unquote(urlsplit(file).path) == str(path)
    odd.put(path.name, b"2", age=60)
    assert (odd.ingest().rows, odd.rows()) == (1, [b"1", b"2"])


def test_csv_lands_a_json_object_per_record(bench: Bench) -> None:
    usage = bench.of(format="csv")
    usage.put("a.csv", BOM + b'id,note,extra\n1,"two\nlines"\n')
    usage.put("b.csv.gz", gzip.compress(b"id\n7\n"))
    usage.put("c.csv", b'id\n"open\n')
    usage.put("d.csv", b"id\n\xff\n")
    result = usage.ingest()
    assert (result.files, result.rows) == (4, 4)
    assert usage.rows("raw, rescue_reason") == [
        (b'id\n"open\n', "unreadable_file"),
        (b'{"id":"1","note":"two\\nlines"}', None),
        (b'{"id":"7"}', None),
        (b'{"id":"\xff"}', "invalid_utf8"),
    ]


def test_json_arrays_land_a_row_per_element(bench: Bench) -> None:
    trail = bench.of(format="json_array", records_key="Records")
    trail.put("a.json", b'{\n "Records": [\n  {"a": 1.10},\n  {"a": 2}\n ]\n}\n')
    trail.put("b.json.gz", gzip.compress(b'{"Records":[{"a":3}]}'))
    trail.put("c.json", b'{"Records": []}')
    trail.put("d.jsonl", b'{"a":4}\n{"a":5}\n')
    trail.put("e.json", b'{"Records": [{"a":6}')
    assert trail.ingest().rows == 6
    assert trail.rows("raw, rescue_reason") == [
        (b'{"Records": [{"a":6}', "unreadable_file"),
        (b'{"a": 1.10}', None),
        (b'{"a": 2}', None),
        (b'{"a":3}', None),
        (b'{"a":4}', None),
        (b'{"a":5}', None),
    ]


def test_a_file_of_many_records_is_cut_in_pieces(bench: Bench) -> None:
    usage = bench.of(format="csv")
    usage.put("a.csv", b"id\n" + b"".join(b"%d\n" % number for number in range(5000)))
    assert usage.ingest().rows == 5000
    assert len(set(usage.rows())) == 5000
