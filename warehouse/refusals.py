"""Statements that Databricks knows and open-source Spark does not: ignored, or refused clearly."""

from dataclasses import dataclass

from warehouse.errors import NotEmulated
from warehouse.tokens import Token, replaced, significant_tokens

_KEYS = ("PRIMARY", "FOREIGN")


@dataclass(frozen=True, slots=True)
class _Refusal:
    """Words that appear one after the other, and what is said about them."""

    words: tuple[str, ...]
    about: str
    first: bool = True


_REFUSED = tuple(
    _Refusal(tuple(words.split()), about, first)
    for words, about, first in (
        ("GRANT", "GRANT: there is one user, who holds the token and may do everything", True),
        ("REVOKE", "REVOKE: there is one user, who holds the token and may do everything", True),
        ("DENY", "DENY: there is one user, who holds the token and may do everything", True),
        ("SHOW GRANTS", "SHOW GRANTS: there is one user and there are no grants", True),
        ("SHOW GRANT", "SHOW GRANT: there is one user and there are no grants", True),
        ("COPY INTO", "COPY INTO: land files with the ingestion, or INSERT from a query", True),
        ("MATERIALIZED VIEW", "materialized views: use a table or a view here", False),
        ("STREAMING TABLE", "streaming tables: use an incremental model here", False),
        ("WITH ROW FILTER", "row filters", False),
        ("SET ROW FILTER", "row filters", False),
        ("SET MASK", "column masks", False),
        ("CLUSTER BY AUTO", "CLUSTER BY AUTO: name the columns to cluster by", False),
        (
            "COMMENT ON COLUMN",
            "COMMENT ON COLUMN: use ALTER TABLE .. ALTER COLUMN .. COMMENT",
            True,
        ),
        ("CREATE CATALOG", "CREATE CATALOG: there is one catalog", True),
        ("DROP CATALOG", "DROP CATALOG: there is one catalog", True),
        ("CREATE VOLUME", "volumes", True),
        ("CREATE EXTERNAL LOCATION", "external locations", True),
        ("CREATE SHARE", "shares", True),
        ("UNDROP", "UNDROP", True),
        ("PUT", "PUT: files are not taken over this connection", True),
        ("GET", "GET: files are not given over this connection", True),
        ("REMOVE", "REMOVE: files are not removed over this connection", True),
        ("INSERT INTO REPLACE ON", "INSERT .. REPLACE ON: use MERGE or REPLACE WHERE", True),
        ("READ_FILES (", "read_files: query the files as json.`path`, or land them", False),
    )
)


def is_ignored(tokens: list[Token]) -> bool:
    """Whether the statement only notes something that no query looks at: keys and tags."""
    words = [token.keyword for token in tokens]
    if words[:1] != ["ALTER"]:
        return False
    if _index(words, ("SET", "TAGS", "(")) >= 0 or _index(words, ("UNSET", "TAGS", "(")) >= 0:
        return True
    if _index(words, ("DROP", "PRIMARY", "KEY")) >= 0 or _index(words, ("DROP", "FOREIGN")) >= 0:
        return True
    at = _index(words, ("ADD",))
    if at < 0:
        return False
    after = words[at + 1 :]
    if after[:1] == ["CONSTRAINT"]:
        after = after[2:]
    return after[:1] in (["PRIMARY"], ["FOREIGN"]) and after[1:2] == ["KEY"]


def refuse(tokens: list[Token]) -> None:
    """Does nothing for a statement that the engine may know.

    Raises:
        NotEmulated: with one sentence, for those that it surely does not.
    """
    words = [token.keyword for token in tokens]
    for refusal in _REFUSED:
        at = _index(words, refusal.words)
        if at == 0 or (at > 0 and not refusal.first):
            raise NotEmulated(
                "[UNSUPPORTED_FEATURE.EMBEDDED_LAKEHOUSE] The embedded lakehouse does not emulate "
                f"{refusal.about}."
            )


def without_keys(sql: str) -> str:
    """A CREATE TABLE without its primary and foreign keys, which are notes that nothing checks."""
    tokens = significant_tokens(sql)
    words = [token.keyword for token in tokens]
    if words[:1] not in (["CREATE"], ["REPLACE"]) or not set(_KEYS) & set(words):
        return sql
    edits, depth, entry, last_comma = [], 0, 0, 0
    for index, word in enumerate(words):
        if word == "(":
            depth += 1
            if depth == 1:
                entry, last_comma = index + 1, 0
        elif word == ")":
            depth -= 1
        ends = (word == "," and depth == 1) or (word == ")" and depth == 0)
        if ends:
            if _is_key(words[entry:index]) and last_comma:
                edits.append((tokens[last_comma].start, tokens[index - 1].end, ""))
            entry, last_comma = index + 1, index
    return replaced(sql, edits)


def _is_key(words: list[str]) -> bool:
    bare = words[2:] if words[:1] == ["CONSTRAINT"] else words
    return bare[:1] in (["PRIMARY"], ["FOREIGN"]) and bare[1:2] == ["KEY"]


def _index(words: list[str], wanted: tuple[str, ...]) -> int:
    length = len(wanted)
    for start in range(len(words) - length + 1):
        if tuple(words[start : start + length]) == wanted:
            return start
    return -1
