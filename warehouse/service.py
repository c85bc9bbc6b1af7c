"""The calls of the protocol, each answered from sessions and statements."""

import functools
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

from databricks.sql.thrift_api.TCLIService import ttypes

from warehouse.answers import STATES, SUCCESS, RefusedCalls, answers, error_status
from warehouse.downloads import asked_for, file, query_of
from warehouse.errors import BadStatement, NotEmulated
from warehouse.failures import Failure
from warehouse.metadata_calls import catalogs, columns, schemas, table_types, tables
from warehouse.results import Result
from warehouse.sessions import Session, Sessions
from warehouse.statements import Statement

PROTOCOL = ttypes.TProtocolVersion.SPARK_CLI_SERVICE_PROTOCOL_V7
# A client that cancels has to wait for its own call in flight, so no call waits for long.
FIRST_WAIT_SECONDS = 2.0
POLL_SECONDS = 0.5
FETCH_SECONDS = 600.0
_WORKERS = 64


class Service(RefusedCalls):
    """Handler for the generated processor; ``open_session`` makes a session for a new client.

    ``files`` is the address below which large results can be downloaded.
    """

    def __init__(self, sessions: Sessions, open_session: Callable[[], Session], files: str) -> None:
        self._sessions = sessions
        self._open_session = open_session
        self._files = files
        self._executor = ThreadPoolExecutor(_WORKERS, thread_name_prefix="statement")

    def stop(self) -> None:
        """Closes all sessions; running statements are canceled."""
        self._sessions.close_all()
        self._executor.shutdown(wait=True, cancel_futures=True)

    @answers(ttypes.TOpenSessionResp)
    def OpenSession(self, req: ttypes.TOpenSessionReq) -> ttypes.TOpenSessionResp:
        """Opens a session with the client's settings and namespace."""
        session = self._open_session()
        session.configure({**(req.connectionProperties or {}), **(req.configuration or {})})
        space = req.initialNamespace
        if space is not None:
            session.enter(space.catalogName, space.schemaName)
        self._sessions.add(session)
        identifier = ttypes.THandleIdentifier(guid=session.id, secret=session.secret)
        return ttypes.TOpenSessionResp(
            status=SUCCESS,
            serverProtocolVersion=PROTOCOL,
            sessionHandle=ttypes.TSessionHandle(
                sessionId=identifier, serverProtocolVersion=PROTOCOL
            ),
            configuration={},
            initialNamespace=space,
            canUseMultipleCatalogs=True,
        )

    @answers(ttypes.TCloseSessionResp)
    def CloseSession(self, req: ttypes.TCloseSessionReq) -> ttypes.TCloseSessionResp:
        """Closes a session; one that is gone already is no error."""
        if req.sessionHandle is not None and req.sessionHandle.sessionId is not None:
            self._sessions.close(req.sessionHandle.sessionId.guid)
        return ttypes.TCloseSessionResp(status=SUCCESS)

    @answers(ttypes.TExecuteStatementResp)
    def ExecuteStatement(self, req: ttypes.TExecuteStatementReq) -> ttypes.TExecuteStatementResp:
        """Starts a statement; a short one is answered with its rows at once."""
        session = self._sessions.get(req.sessionHandle)
        limit = req.resultRowLimit
        native = req.useArrowNativeTypes
        if not req.canReadArrowResult or (
            native is not None and False in (native.complexTypesAsArrow, native.decimalAsArrow)
        ):
            raise NotEmulated(
                "[UNSUPPORTED_FEATURE.EMBEDDED_LAKEHOUSE] The embedded lakehouse does not emulate "
                "results in other forms than Arrow with its native types."
            )
        return self._execute(
            session,
            req,
            ttypes.TExecuteStatementResp,
            ttypes.TOperationType.EXECUTE_STATEMENT,
            lambda: replace(
                session.run(req.statement, req.parameters, limit),
                able_to_download=bool(req.canDownloadResult),
            ),
            req.statement,
        )

    def _execute(
        self,
        session: Session,
        req: Any,
        response: type,
        kind: int,
        work: Callable[[], Result],
        text: str = "",
    ) -> Any:
        statement = Statement(session.spark.sparkContext, text, work)
        session.statements[statement.id] = statement
        statement.start(self._executor)
        identifier = ttypes.THandleIdentifier(guid=statement.id, secret=statement.secret)
        direct = None
        asked = req.getDirectResults
        if asked is not None:
            statement.wait(FIRST_WAIT_SECONDS)
            direct = ttypes.TSparkDirectResults(operationStatus=self._status(session, statement))
            if statement.result is not None:
                direct.resultSetMetadata = statement.result.metadata
                direct.resultSet = self._rows(statement.result, identifier, asked)
        handle = ttypes.TOperationHandle(
            operationId=identifier, operationType=kind, hasResultSet=True
        )
        return response(status=SUCCESS, operationHandle=handle, directResults=direct)

    def _status(self, session: Session, statement: Statement) -> ttypes.TGetOperationStatusResp:
        answer = ttypes.TGetOperationStatusResp(
            status=SUCCESS, operationState=STATES[statement.state], hasResultSet=True
        )
        failure = statement.failure
        if failure is not None:
            answer.sqlState = failure.state
            answer.errorMessage = answer.displayMessage = session.shown(failure.message)
        if statement.result is not None:
            answer.numModifiedRows = statement.result.modified
        return answer

    def _rows(
        self, result: Result, identifier: ttypes.THandleIdentifier, asked: Any
    ) -> ttypes.TFetchResultsResp:
        if result.in_files:
            page, more = result.file(f"{self._files}?{query_of(identifier)}")
        else:
            page, more = result.page(asked.maxRows, asked.maxBytes)
        return ttypes.TFetchResultsResp(status=SUCCESS, hasMoreRows=more, results=page)

    def file(self, query: Mapping[str, str]) -> memoryview:
        """The file of a result that a link names.

        Raises:
            BadStatement: if the statement is closed, or the link is none of this service.
        """
        handle, first = asked_for(query)
        _, statement = self._sessions.statement(handle)
        if statement.result is None:
            raise BadStatement("[INVALID_LINK] The statement of this link has no result.")
        return file(statement.result.table, first)

    @answers(ttypes.TGetOperationStatusResp)
    def GetOperationStatus(
        self, req: ttypes.TGetOperationStatusReq
    ) -> ttypes.TGetOperationStatusResp:
        """Says how a statement stands, after waiting a moment for its end."""
        session, statement = self._sessions.statement(req.operationHandle)
        statement.wait(POLL_SECONDS)
        return self._status(session, statement)

    @answers(ttypes.TCancelOperationResp)
    def CancelOperation(self, req: ttypes.TCancelOperationReq) -> ttypes.TCancelOperationResp:
        """Stops a statement in the engine."""
        self._sessions.statement(req.operationHandle)[1].cancel()
        return ttypes.TCancelOperationResp(status=SUCCESS)

    @answers(ttypes.TCloseOperationResp)
    def CloseOperation(self, req: ttypes.TCloseOperationReq) -> ttypes.TCloseOperationResp:
        """Forgets a statement and its rows; one that still runs is stopped."""
        session, statement = self._sessions.statement(req.operationHandle)
        statement.cancel()
        session.statements.pop(statement.id, None)
        return ttypes.TCloseOperationResp(status=SUCCESS)

    def _finished(self, handle: ttypes.TOperationHandle) -> Result | Failure:
        session, statement = self._sessions.statement(handle)
        statement.wait(FETCH_SECONDS)
        if not statement.over:
            return Failure("[STILL_RUNNING] The statement has not ended; ask again.", "HY010")
        if statement.result is not None:
            return statement.result
        assert statement.failure is not None
        return Failure(session.shown(statement.failure.message), statement.failure.state)

    @answers(ttypes.TGetResultSetMetadataResp)
    def GetResultSetMetadata(
        self, req: ttypes.TGetResultSetMetadataReq
    ) -> ttypes.TGetResultSetMetadataResp:
        """The columns of a statement."""
        result = self._finished(req.operationHandle)
        if isinstance(result, Failure):
            return ttypes.TGetResultSetMetadataResp(status=error_status(result))
        return result.metadata

    @answers(ttypes.TFetchResultsResp)
    def FetchResults(self, req: ttypes.TFetchResultsReq) -> ttypes.TFetchResultsResp:
        """The next page of rows."""
        result = self._finished(req.operationHandle)
        if isinstance(result, Failure):
            return ttypes.TFetchResultsResp(status=error_status(result))
        if req.orientation != ttypes.TFetchOrientation.FETCH_NEXT:
            raise BadStatement("[INVALID_FETCH] Rows are given forward only, each one once.")
        answer = self._rows(result, req.operationHandle.operationId, req)
        answer.resultSetMetadata = result.metadata
        return answer

    @answers(ttypes.TGetCatalogsResp)
    def GetCatalogs(self, req: ttypes.TGetCatalogsReq) -> ttypes.TGetCatalogsResp:
        """The one catalog."""
        session = self._sessions.get(req.sessionHandle)
        kind = ttypes.TOperationType.GET_CATALOGS
        work = functools.partial(catalogs, session, req)
        return self._execute(session, req, ttypes.TGetCatalogsResp, kind, work)

    @answers(ttypes.TGetSchemasResp)
    def GetSchemas(self, req: ttypes.TGetSchemasReq) -> ttypes.TGetSchemasResp:
        """The schemas whose name fits a pattern."""
        session = self._sessions.get(req.sessionHandle)
        kind = ttypes.TOperationType.GET_SCHEMAS
        work = functools.partial(schemas, session, req)
        return self._execute(session, req, ttypes.TGetSchemasResp, kind, work)

    @answers(ttypes.TGetTablesResp)
    def GetTables(self, req: ttypes.TGetTablesReq) -> ttypes.TGetTablesResp:
        """The tables and views whose names fit patterns."""
        session = self._sessions.get(req.sessionHandle)
        kind = ttypes.TOperationType.GET_TABLES
        work = functools.partial(tables, session, req)
        return self._execute(session, req, ttypes.TGetTablesResp, kind, work)

    @answers(ttypes.TGetTableTypesResp)
    def GetTableTypes(self, req: ttypes.TGetTableTypesReq) -> ttypes.TGetTableTypesResp:
        """TABLE and VIEW."""
        session = self._sessions.get(req.sessionHandle)
        kind = ttypes.TOperationType.GET_TABLE_TYPES
        work = functools.partial(table_types, session, req)
        return self._execute(session, req, ttypes.TGetTableTypesResp, kind, work)

    @answers(ttypes.TGetColumnsResp)
    def GetColumns(self, req: ttypes.TGetColumnsReq) -> ttypes.TGetColumnsResp:
        """The columns whose names and tables fit patterns."""
        session = self._sessions.get(req.sessionHandle)
        kind = ttypes.TOperationType.GET_COLUMNS
        work = functools.partial(columns, session, req)
        return self._execute(session, req, ttypes.TGetColumnsResp, kind, work)
