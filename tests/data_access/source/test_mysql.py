"""Whose fault an error of MySQL or MariaDB is, by its number."""

import pymysql
import pytest

from data_access.source.mysql import is_of_select


@pytest.mark.parametrize("code", [1052, 1054, 1064, 1142, 1143, 1146, 1267, 1305, 3065])
def test_the_select_s(code: int) -> None:
    assert is_of_select(pymysql.err.OperationalError(code, "…"))


@pytest.mark.parametrize(
    "code", [0, 1040, 1045, 1053, 1114, 1205, 1213, 1317, 1412, 1927, 1969, 2002, 2006, 2013, 3024]
)
def test_the_server_s_the_network_s_or_the_moment_s(code: int) -> None:
    assert not is_of_select(pymysql.err.OperationalError(code, "…"))


def test_without_a_number() -> None:
    assert not is_of_select(None)
    assert not is_of_select(pymysql.err.InterfaceError())
    assert not is_of_select(pymysql.err.OperationalError("words"))
