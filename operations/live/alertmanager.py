"""Who is told about an alert, and how often: Alertmanager as a service."""

import functools
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import yaml

from operations.live import mail
from operations.live.programs import Program, answers
from operations.live.service import Place, PlaceOf, Service
from operations.live.settings import Intervals, LiveSettings, Mail
from warehouse.settings import PROJECT

NAME = "alertmanager"
TEMPLATES = PROJECT / "resources" / "alertmanager" / "orders.tmpl"
PROGRAM = Program(
    names=("prometheus-alertmanager", "alertmanager"),
    package="prometheus-alertmanager",
    purpose="without it nobody is told about an alert",
)
# What stands still because of a cause is not told beside it.
_CAUSES = {
    "StreamsDown": ["OrdersSilent", "OrdersBacklog", "OrdersHotPathSlow"],
    "HotStoreDown": ["OrdersBacklog", "OrdersHotPathSlow"],
}
# Those of the pipeline, which say page or ticket: as where there is no live system beside it.
PIPELINE = TEMPLATES.with_name("pipeline.yml")


def alertmanager(settings: Callable[[], LiveSettings], place_of: PlaceOf) -> Service:
    """The service; what it needs to know of others is asked when it starts."""
    return Service(
        name=NAME,
        ports=("http",),
        command=functools.partial(_command, settings, place_of),
        is_healthy=answers("http", "/-/ready"),
        missing=PROGRAM.missing,
        optional=True,
        needs=(mail.NAME,),
        start_seconds=30,
    )


def configuration(settings: LiveSettings, sink: str) -> dict[str, Any]:
    """Alertmanager's configuration; ``sink`` is host:port of the mail server of this machine."""
    return {
        "route": _route(settings.intervals),
        "receivers": [{"name": "mail", "email_configs": [_email(settings.mail, sink)]}],
        "inhibit_rules": [*_of_orders(), *_of_pipeline()],
        "templates": [str(TEMPLATES)],
    }


def _of_orders() -> Iterator[dict[str, Any]]:
    for cause, effects in _CAUSES.items():
        yield {
            "source_matchers": [f'alertname="{cause}"'],
            "target_matchers": [f'alertname=~"{"|".join(effects)}"'],
        }


def _of_pipeline() -> Sequence[dict[str, Any]]:
    told: Sequence[dict[str, Any]] = yaml.safe_load(PIPELINE.read_text(encoding="utf-8"))[
        "inhibit_rules"
    ]
    return told


def _route(intervals: Intervals) -> dict[str, Any]:
    return {
        "receiver": "mail",
        "group_by": ["alertname"],
        "group_wait": duration(intervals.group_wait_seconds),
        "group_interval": duration(intervals.group_interval_seconds),
        "repeat_interval": duration(intervals.repeat_seconds),
    }


def _email(wanted: Mail, sink: str) -> dict[str, Any]:
    email = {
        "to": wanted.to,
        "from": wanted.sender,
        "smarthost": wanted.smarthost or sink,
        "hello": "localhost",
        # The sink is on this machine and has no certificate; another server has to have one.
        "require_tls": bool(wanted.smarthost),
        "send_resolved": True,
        "headers": {"Subject": '{{ template "orders.subject" . }}'},
        "text": '{{ template "orders.text" . }}',
        "html": '{{ template "orders.html" . }}',
    }
    if wanted.username:
        email |= {"auth_username": wanted.username, "auth_password_file": wanted.password_file}
    return email


def duration(seconds: float) -> str:
    """A duration as Prometheus and Alertmanager write it, to the millisecond."""
    return f"{seconds:.0f}s" if float(seconds).is_integer() else f"{round(seconds * 1000)}ms"


def write_yaml(place: Place, name: str, content: Mapping[str, Any]) -> str:
    """Writes a configuration into the service's folder; gives its path."""
    file = place.folder / name
    file.write_text(yaml.safe_dump(dict(content), sort_keys=False), encoding="utf-8")
    return str(file)


def _command(
    settings: Callable[[], LiveSettings], place_of: PlaceOf, place: Place
) -> Sequence[str]:
    sink = place_of(mail.NAME)
    wanted = configuration(settings(), sink.address("smtp") if sink else "")
    return [
        PROGRAM.path(),
        f"--config.file={write_yaml(place, 'alertmanager.yml', wanted)}",
        f"--storage.path={place.folder / 'data'}",
        f"--web.listen-address={place.address('http')}",
        f"--web.external-url=http://{place.address('http')}",
        "--cluster.listen-address=",
    ]
