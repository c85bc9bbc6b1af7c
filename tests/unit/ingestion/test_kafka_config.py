"""The properties of a Kafka client, as a file says them and as Spark takes them."""

from pathlib import Path

import pytest

from ingestion.errors import WrongUse
from ingestion.kafka import read_client_config, spark_options
from ingestion.selection import Choice, choose
from ingestion.settings import Settings

SECRET = 'p"w\\d=1'


def test_a_properties_file_is_read(tmp_path: Path) -> None:
    file = tmp_path / "client.properties"
    file.write_text(f"# brokers\n\nbootstrap.servers = a:1,b:2\nsasl.password={SECRET}\n")
    assert read_client_config(file) == {"bootstrap.servers": "a:1,b:2", "sasl.password": SECRET}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("bootstrap.servers", "line 1: has to be name=value"),
        ("=x", "line 1: has to be name=value"),
        ("security.protocol=SSL", "names no bootstrap.servers"),
        ("bootstrap.servers=", "names no bootstrap.servers"),
    ],
)
def test_what_is_no_configuration_is_told(tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "client.properties"
    file.write_text(text)
    with pytest.raises(WrongUse, match=said):
        read_client_config(file)


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    with pytest.raises(WrongUse, match="cannot be read"):
        read_client_config(tmp_path / "none")


def test_spark_gets_user_and_password_as_java_wants_them() -> None:
    config = {
        "bootstrap.servers": "a:1",
        "security.protocol": "SASL_SSL",
        "sasl.mechanism": "PLAIN",
        "sasl.username": "u",
        "sasl.password": SECRET,
    }
    login = "org.apache.kafka.common.security.plain.PlainLoginModule"
    wanted = f'{login} required username="u" password="p\\"w\\\\d=1";'
    found = spark_options(config)
    assert found == {
        "kafka.bootstrap.servers": "a:1",
        "kafka.security.protocol": "SASL_SSL",
        "kafka.sasl.mechanism": "PLAIN",
        "kafka.sasl.jaas.config": wanted,
    }
    shaded = spark_options(config, databricks=True)["kafka.sasl.jaas.config"]
    assert shaded == f"kafkashaded.{wanted}"
    scram = spark_options(config | {"sasl.mechanism": "SCRAM-SHA-512"})["kafka.sasl.jaas.config"]
    assert scram.startswith("org.apache.kafka.common.security.scram.ScramLoginModule required")


def test_the_broker_of_the_home_is_found(tmp_path: Path) -> None:
    _, before, _ = choose(Choice(home=tmp_path, platform="local"))
    assert before.kafka == {}
    (tmp_path / "kafka.properties").write_text("bootstrap.servers=a:1\n")
    _, after, _ = choose(Choice(home=tmp_path, platform="local"))
    assert after.kafka == {"bootstrap.servers": "a:1"}


def test_settings_do_not_tell_the_password() -> None:
    settings = Settings(landing="l", checkpoints="c", kafka={"sasl.password": SECRET})
    assert SECRET not in repr(settings)
