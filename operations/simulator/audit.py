"""Audit events in the delivered JSON shape: camelCase, one object per line, no event id."""

from collections.abc import Sequence
from datetime import datetime
from itertools import accumulate
from random import Random

from operations.simulator.audit_actions import (
    ACCOUNT_ACTIONS,
    ACTIONS,
    MAX_LOG_MESSAGE_LENGTH,
    Action,
    Draw,
    Scene,
    pick,
)
from operations.simulator.records import GoodLine, encode
from operations.simulator.settings import AUDIT, HOUR, epoch_ms
from operations.simulator.world import World

OVERSIZE_CHARACTERS = 5_000_000

_AGENTS = (
    "Apache-HttpClient/4.5.13 (Java/1.8.0_345)",
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36",
    "databricks-sdk-py/0.117.0 python/3.11.7 os/linux",
    "",
)
_ERRORS = ((403, "PERMISSION_DENIED"), (404, "RESOURCE_DOES_NOT_EXIST"), (500, "INTERNAL_ERROR"))
_WEIGHTS = list(accumulate(action.weight for action in ACTIONS))
_ACCOUNT_WEIGHTS = list(accumulate(action.weight for action in ACCOUNT_ACTIONS))
_ACCOUNT_SHARE = 0.02
_CUT_SHARE = 0.0003
_HOUR_MS = 3_600_000
_SUCCESS = {"statusCode": 200, "errorMessage": None, "result": None}


class AuditGenerator:
    """Makes the audit events of each region and hour."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._options = world.options

    def lines(self, region: str, hour: datetime) -> list[GoodLine]:
        """The events of a region and hour, in order of time; no two have the same content."""
        rng = self._options.random(AUDIT, region, hour)
        workspaces = self._world.in_region(region)
        if not workspaces:
            return []
        count = self._world.sector_size(rng, region, hour, self._options.events_per_hour)
        draw = rng.random
        scenes = [Scene(w, self._world.runs(w, hour), draw) for w in workspaces]
        account_share = _ACCOUNT_SHARE if region == self._world.workspaces[0].region else 0.0
        begin = epoch_ms(hour)
        lines = []
        for action, (at, request) in zip(
            self._actions(rng, count, account_share), moments(rng, count), strict=True
        ):
            lines.append(self._event(pick(scenes, draw), action, begin + at, request))
        if self._options.faults.oversize and self._holds_oversize(region, hour) and lines:
            lines.append(self._oversize(scenes[0], lines[-1].event_ms))
        return lines

    def _actions(self, rng: Random, count: int, account_share: float) -> list[Action]:
        actions = rng.choices(ACTIONS, cum_weights=_WEIGHTS, k=count)
        for place in range(count) if account_share else ():
            if rng.random() < account_share:
                actions[place] = rng.choices(ACCOUNT_ACTIONS, cum_weights=_ACCOUNT_WEIGHTS)[0]
        return actions

    def _event(self, scene: Scene, action: Action, at: int, request: int) -> GoodLine:
        draw, account = scene.draw, action.account_level
        parameters = action.parameters(scene)
        workspace: str | int = "0" if account else scene.workspace.workspace_id
        event: dict[str, object] = {
            "version": "2.0",
            "auditLevel": "ACCOUNT_LEVEL" if account else "WORKSPACE_LEVEL",
            "timestamp": at,
            "accountId": self._world.account_id,
            "workspaceId": int(workspace) if draw() < 0.5 else workspace,
            "sourceIPAddress": _address(action, draw),
            "userAgent": pick(_AGENTS, draw),
            "sessionId": None if draw() < 0.6 else f"session-{int(draw() * 1e9):x}",
            "userIdentity": {"email": _email(scene, action), "subjectName": None},
            "serviceName": action.service,
            "actionName": action.name,
            "requestId": f"ServiceMain-{request:010d}",
            "requestParams": parameters,
            "response": _response(action, parameters, draw),
        }
        return self._line(event, parameters, at, draw)

    def _line(
        self, event: dict[str, object], parameters: dict[str, str], at: int, draw: Draw
    ) -> GoodLine:
        features: tuple[str, ...] = ()
        if draw() < self._options.faults.drift:
            field = "clientContext" if draw() < 0.5 else "requestParams.retry_budget"
            if field == "clientContext":
                event[field] = {"channel": "stable", "build": 7}
            else:
                parameters["retry_budget"] = "3"
            features = (f"drift:{field}",)
        if "commandText" in parameters:
            event["MAX_LOG_MESSAGE_LENGTH"] = MAX_LOG_MESSAGE_LENGTH
            if draw() < _CUT_SHARE:
                text = parameters["commandText"] + "\n"
                text *= MAX_LOG_MESSAGE_LENGTH // len(text) + 1
                parameters["commandText"] = text[:MAX_LOG_MESSAGE_LENGTH]
                features += ("cut_value",)
        shared = event["auditLevel"] == "WORKSPACE_LEVEL"
        return GoodLine(encode(event), at, None, features, shared)

    def _holds_oversize(self, region: str, hour: datetime) -> bool:
        middle = self._options.start + (self._options.hours // 3) * HOUR
        return hour == middle and region == self._world.workspaces[0].region

    def _oversize(self, scene: Scene, at: int) -> GoodLine:
        action = next(a for a in ACTIONS if a.name == "runCommand")
        parameters = {**action.parameters(scene), "commandText": "x = 1\n" * 833_334}
        parameters["commandText"] = parameters["commandText"][:OVERSIZE_CHARACTERS]
        event: dict[str, object] = {
            "version": "2.0",
            "auditLevel": "WORKSPACE_LEVEL",
            "timestamp": at,
            "accountId": self._world.account_id,
            "workspaceId": scene.workspace.workspace_id,
            "sourceIPAddress": "192.0.2.77",
            "userAgent": _AGENTS[1],
            "sessionId": None,
            "userIdentity": {"email": scene.workspace.people[0], "subjectName": None},
            "serviceName": action.service,
            "actionName": action.name,
            "requestId": "ServiceMain-9999999999",
            "requestParams": parameters,
            "response": _SUCCESS,
        }
        return GoodLine(encode(event), at, None, ("oversize",))


def moments(rng: Random, count: int) -> Sequence[tuple[int, int]]:
    """Milliseconds into the hour with a request number, ascending.

    One in seven shares its request with the event before; its time is then a later one, so that
    time and request together are never the same twice.
    """
    draw = rng.random
    times = sorted(int(draw() * (_HOUR_MS - 1000)) for _ in range(count))
    base = int(draw() * 1e9)
    moments: list[tuple[int, int]] = []
    last, request = -1, base
    for at in times:
        if last >= 0 and draw() < 1 / 7:
            moments.append((max(at, last + 1), request))
        else:
            request += 1
            moments.append((at, request))
        last = moments[-1][0]
    return moments


def _address(action: Action, draw: Draw) -> str:
    if action.actor == "system" or draw() < 0.05:
        return ""
    return f"{pick(('192.0.2', '198.51.100', '203.0.113'), draw)}.{1 + int(draw() * 250)}"


def _email(scene: Scene, action: Action) -> str:
    if action.actor == "system":
        return "System-User"
    workspace = scene.workspace
    people = workspace.people if action.actor == "person" else workspace.principals
    return pick(people, scene.draw)


def _response(action: Action, parameters: dict[str, str], draw: Draw) -> dict[str, object]:
    if action.name == "IpAccessDenied" or draw() < 0.03:
        status, message = pick(_ERRORS, draw)
        return {"statusCode": status, "errorMessage": message, "result": None}
    result = action.result
    if result and "%d" in result:
        result = result % int(parameters["runId"])
    return {"statusCode": 200, "errorMessage": None, "result": result}
