"""How calls of the protocol are answered: success, failure, and those that are not emulated."""

import functools
from collections.abc import Callable
from types import MappingProxyType
from typing import Any

from databricks.sql.thrift_api.TCLIService import ttypes

from warehouse.errors import NotEmulated
from warehouse.failures import Failure, failure_of

SUCCESS = ttypes.TStatus(statusCode=ttypes.TStatusCode.SUCCESS_STATUS)
STATES = MappingProxyType({
    "pending": ttypes.TOperationState.PENDING_STATE,
    "running": ttypes.TOperationState.RUNNING_STATE,
    "finished": ttypes.TOperationState.FINISHED_STATE,
    "failed": ttypes.TOperationState.ERROR_STATE,
    "canceled": ttypes.TOperationState.CANCELED_STATE,
})  # fmt: skip
_Call = Callable[[Any, Any], Any]


def answers(response: type) -> Callable[[_Call], _Call]:
    """Whatever is raised inside a call becomes the error status of its response."""

    def around(call: _Call) -> _Call:
        @functools.wraps(call)
        def guarded(self: Any, req: Any) -> Any:
            try:
                return call(self, req)
            except Exception as error:
                return response(status=error_status(failure_of(error)))

        return guarded

    return around


def error_status(failure: Failure) -> ttypes.TStatus:
    """A failure as the status of a response."""
    return ttypes.TStatus(
        statusCode=ttypes.TStatusCode.ERROR_STATUS,
        sqlState=failure.state,
        errorMessage=failure.message,
        displayMessage=failure.message,
    )


def _refused(name: str, response: type) -> _Call:
    @answers(response)
    def refuse(_self: Any, _req: Any) -> Any:
        raise NotEmulated(
            "[UNSUPPORTED_FEATURE.EMBEDDED_LAKEHOUSE] The embedded lakehouse does not emulate "
            f"the call {name}."
        )

    return refuse


class RefusedCalls:
    """The calls of the protocol that are answered with one sentence."""

    GetInfo = _refused("GetInfo", ttypes.TGetInfoResp)
    GetTypeInfo = _refused("GetTypeInfo", ttypes.TGetTypeInfoResp)
    GetFunctions = _refused("GetFunctions", ttypes.TGetFunctionsResp)
    GetPrimaryKeys = _refused("GetPrimaryKeys", ttypes.TGetPrimaryKeysResp)
    GetCrossReference = _refused("GetCrossReference", ttypes.TGetCrossReferenceResp)
    GetDelegationToken = _refused("GetDelegationToken", ttypes.TGetDelegationTokenResp)
    CancelDelegationToken = _refused("CancelDelegationToken", ttypes.TCancelDelegationTokenResp)
    RenewDelegationToken = _refused("RenewDelegationToken", ttypes.TRenewDelegationTokenResp)
