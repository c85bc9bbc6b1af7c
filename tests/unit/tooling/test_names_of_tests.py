"""What pytest asks of the files of tests, said at once and not at the end of a long run."""

from collections import Counter

from tests.project_copy import PROJECT


def test_no_two_files_of_tests_have_the_same_name() -> None:
    """Folders of tests are no packages: pytest takes the second file of a name for the first."""
    names = Counter(path.name for path in (PROJECT / "tests").rglob("test_*.py"))
    assert not [name for name, count in names.items() if count > 1]
