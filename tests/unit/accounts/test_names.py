"""What people may call themselves."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noctule.accounts.names import (
    RESERVED,
    checked_email,
    checked_login,
    checked_name,
    checked_password,
    checked_shown,
    free_login,
)
from noctule.errors import Invalid


@given(st.text(max_size=60))
def test_a_login_is_never_taken_for_an_email_nor_for_another(text: str) -> None:
    try:
        login = checked_login(text)
    except Invalid:
        return
    assert "@" not in login
    assert login == checked_login(login) == login.lower()
    assert login.isascii()
    assert login not in RESERVED


@given(st.text(max_size=80), st.sets(st.sampled_from(["ada", "ada-2", "person", "e", "server"])))
def test_who_is_not_asked_gets_a_login_that_is_free_and_will_do(wanted: str, taken: set[str]) -> None:
    login = free_login(wanted, frozenset(taken))
    assert checked_login(login) == login
    assert login not in taken


@given(st.text(max_size=100))
def test_a_shown_name_is_one_line_that_turns_nothing(text: str) -> None:
    try:
        shown = checked_shown(text, "login")
    except Invalid:
        return
    assert shown.strip() == shown != ""
    assert not set(shown) & set("\n\r\0\u2028\u202e\u2066")


@given(st.text(max_size=100))
def test_an_email_has_one_at_and_no_space(text: str) -> None:
    try:
        email = checked_email(text)
    except Invalid:
        return
    assert email is None or (email.count("@") == 1 and not set(email) & set(" \0\n<>"))


@pytest.mark.parametrize("login", ["Ada", "a", "a.b-c_d", "x" * 39])
def test_logins_that_will_do(login: str) -> None:
    assert checked_login(login) == login.lower()


@pytest.mark.parametrize("login", ["", "-a", "a-", "a b", "é", "a@b", "x" * 40, "you", "Server"])
def test_logins_that_will_not_do(login: str) -> None:
    with pytest.raises(Invalid):
        checked_login(login)


@pytest.mark.parametrize("password", ["", "123456789", "x" * 1001, "ADA.LOVELACE", "ａｄａ.lovelace"])
def test_passwords_that_will_not_do(password: str) -> None:
    with pytest.raises(Invalid):
        checked_password(password, "ada.lovelace")


def test_a_long_password_of_anything_will_do() -> None:
    assert checked_password("пароль из слов", "ada")
    with pytest.raises(Invalid):
        checked_name("  ")
