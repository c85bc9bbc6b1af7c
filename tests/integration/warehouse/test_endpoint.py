"""What stands at the door: the token, the address, the size, and the word clients look for."""

import http.client
import json

import pytest
from databricks.sql.exc import Error
from databricks.sql.thrift_api.TCLIService import ttypes

from tests.lakehouse_fixtures import Lakehouse
from warehouse.endpoint import FILES_PATH, HTTP_PATH, LARGEST_BODY


def ask(lakehouse: Lakehouse, method: str, path: str, **headers: str) -> tuple[int, str]:
    connection = http.client.HTTPConnection("127.0.0.1", lakehouse.connection.port, timeout=10)
    body = b"x" if method == "POST" and "Content-Length" not in headers else None
    connection.request(method, path, body=body, headers=headers)
    reply = connection.getresponse()
    found = reply.status, reply.read().decode(errors="replace")
    connection.close()
    return found


def test_the_well_known_address_answers_empty_json(lakehouse: Lakehouse) -> None:
    status, text = ask(lakehouse, "GET", "/.well-known/databricks-config")
    assert (status, json.loads(text)) == (200, {})


def test_a_wrong_token_and_a_missing_one_are_refused(lakehouse: Lakehouse) -> None:
    assert ask(lakehouse, "POST", f"/{HTTP_PATH}")[0] == 401
    wrong = ask(lakehouse, "POST", f"/{HTTP_PATH}", Authorization="Bearer no")
    assert wrong[0] == 403
    assert "token" in wrong[1]
    with pytest.raises(Error):
        lakehouse.connection.connect(access_token="no")


def test_another_path_and_too_large_a_body_are_refused(lakehouse: Lakehouse) -> None:
    bearer = f"Bearer {lakehouse.connection.token}"
    assert ask(lakehouse, "POST", "/elsewhere", Authorization=bearer)[0] == 404
    assert ask(lakehouse, "GET", "/api/2.0/anything")[0] == 404
    size = {"Content-Length": str(LARGEST_BODY + 1)}
    assert ask(lakehouse, "POST", f"/{HTTP_PATH}", Authorization=bearer, **size)[0] == 413


def test_a_body_that_is_no_thrift_does_not_stop_the_server(lakehouse: Lakehouse) -> None:
    bearer = f"Bearer {lakehouse.connection.token}"
    assert ask(lakehouse, "POST", f"/{HTTP_PATH}", Authorization=bearer)[0] == 400
    assert ask(lakehouse, "GET", "/.well-known/databricks-config")[0] == 200


def test_a_link_is_good_for_its_own_open_statement_only(lakehouse: Lakehouse) -> None:
    def get(query: str) -> int:
        return ask(lakehouse, "GET", f"/{FILES_PATH}?{query}")[0]

    with lakehouse.connection.connect() as connection:
        client = connection.session.backend._client
        asked = ttypes.TExecuteStatementReq(
            sessionHandle=connection.session._session_id.to_thrift_handle(),
            statement="select id from range(3000000)",
            canReadArrowResult=True,
            canDownloadResult=True,
        )
        handle = client.ExecuteStatement(asked).operationHandle
        fetch = ttypes.TFetchResultsReq(operationHandle=handle, maxRows=10, maxBytes=1000)
        pages = [client.FetchResults(fetch) for _ in range(4)]
        assert [page.hasMoreRows for page in pages] == [True, True, False, False]
        queries = [
            link.fileLink.partition("?")[2] for page in pages for link in page.results.resultLinks
        ]
        assert len(queries) == 3
        assert {get(query) for query in queries} == {200}
        other = queries[0].replace("secret=", "secret=00")
        beyond = queries[0].replace("row=0", "row=3000000")
        assert {get(query) for query in (other, beyond, "row=0", "")} == {404}
        client.CloseOperation(ttypes.TCloseOperationReq(operationHandle=handle))
        assert {get(query) for query in queries} == {404}


def test_a_call_that_is_not_emulated_says_so(lakehouse: Lakehouse) -> None:
    with lakehouse.connection.connect() as connection:
        client = connection.session.backend._client
        answer = client.GetFunctions(ttypes.TGetFunctionsReq(functionName="x"))
    assert answer.status.statusCode == ttypes.TStatusCode.ERROR_STATUS
    assert "does not emulate the call GetFunctions" in answer.status.errorMessage
