"""auth.*: login by code, by second factor and by QR code; logout."""

from __future__ import annotations

import os
from datetime import timedelta
from typing import Any

from telethon.tl import functions, types

from . import views
from .account import Account
from .calls import Answers, Call
from .refusal import Refusal, unauthorised
from .world import LoginToken, digits_of

answers = Answers()

QR_SECONDS = 30
CODE_LENGTH = 5
PHONE_DIGITS = range(5, 16)


@answers(functions.auth.SendCodeRequest)
def send_code(call: Call, request: Any) -> Any:
    if not request.api_id or not request.api_hash:
        raise Refusal(400, "API_ID_INVALID")
    if len(digits_of(request.phone_number)) not in PHONE_DIGITS:
        raise Refusal(400, "PHONE_NUMBER_INVALID")
    return _sent(call, request.phone_number)


@answers(functions.auth.ResendCodeRequest)
def resend_code(call: Call, request: Any) -> Any:
    _require_code(call, request)
    return _sent(call, request.phone_number)


@answers(functions.auth.CancelCodeRequest)
def cancel_code(call: Call, request: Any) -> bool:
    _require_code(call, request)
    del call.world.codes[digits_of(request.phone_number)]
    return True


@answers(functions.auth.SignInRequest)
def sign_in(call: Call, request: Any) -> Any:
    if not request.phone_code:
        raise Refusal(400, "PHONE_CODE_EMPTY")
    if request.phone_code != _require_code(call, request):
        raise Refusal(400, "PHONE_CODE_INVALID")
    account = call.world.account_by_phone(request.phone_number)
    if account is None:
        return types.auth.AuthorizationSignUpRequired()
    del call.world.codes[digits_of(request.phone_number)]
    return _admit(call, account)


@answers(functions.account.GetPasswordRequest)
def get_password(call: Call, _request: Any) -> Any:
    account = call.device.awaiting_password or call.account
    verifier = account.verifier
    known: dict[str, Any] = {}
    if verifier is not None:
        challenge = call.device.challenge = verifier.challenge()
        known = {
            "current_algo": verifier.algorithm,
            "srp_B": challenge.public,
            "srp_id": challenge.id,
        }
    return types.account.Password(
        new_algo=types.PasswordKdfAlgoUnknown(),
        new_secure_algo=types.SecurePasswordKdfAlgoUnknown(),
        secure_random=os.urandom(16),
        has_password=verifier is not None,
        **known,
    )


@answers(functions.auth.CheckPasswordRequest)
def check_password(call: Call, request: Any) -> Any:
    account, challenge = call.device.awaiting_password, call.device.challenge
    if account is None or account.verifier is None:
        raise unauthorised()
    proof = request.password
    if challenge is None or proof.srp_id != challenge.id:
        raise Refusal(400, "SRP_ID_INVALID")
    call.device.challenge = None
    if not account.verifier.accepts(challenge, proof.A, proof.M1):
        raise Refusal(400, "PASSWORD_HASH_INVALID")
    return _welcome(call, account)


@answers(functions.auth.ExportLoginTokenRequest)
def export_login_token(call: Call, _request: Any) -> Any:
    tokens = call.world.login_tokens
    mine = [token for token in tokens.values() if token.session.device is call.device]
    for token in mine:
        if token.accepted_by is not None:
            authorization = _admit(call, token.accepted_by)
            del tokens[token.token]
            return types.auth.LoginTokenSuccess(authorization=authorization)
        del tokens[token.token]  # a new code voids the one before
    new = LoginToken(
        token=os.urandom(32),
        expires=call.world.clock.now() + timedelta(seconds=QR_SECONDS),
        session=call.session,
    )
    tokens[new.token] = new
    return types.auth.LoginToken(expires=new.expires, token=new.token)


@answers(functions.auth.AcceptLoginTokenRequest)
def accept_login_token(call: Call, request: Any) -> Any:
    token = call.world.login_tokens.get(request.token)
    if token is None or token.accepted_by is not None:
        raise Refusal(400, "AUTH_TOKEN_INVALID")
    if token.expires < call.world.clock.now():
        raise Refusal(400, "AUTH_TOKEN_EXPIRED")
    call.world.accept(token, call.account)
    return views.authorization(token.session.device)


@answers(functions.auth.LogOutRequest)
def log_out(call: Call, _request: Any) -> Any:
    assert call.account is not None
    call.device.log_out()
    call.session.receives_updates = False
    return types.auth.LoggedOut()


def _sent(call: Call, phone: str) -> Any:
    code = call.world.send_code(phone)
    return types.auth.SentCode(
        type=types.auth.SentCodeTypeApp(length=CODE_LENGTH), phone_code_hash=code.hash, timeout=60
    )


def _require_code(call: Call, request: Any) -> str:
    code = call.world.codes.get(digits_of(request.phone_number))
    if code is None or code.hash != request.phone_code_hash:
        raise Refusal(400, "PHONE_CODE_EXPIRED")
    return code.code


def _admit(call: Call, account: Account) -> Any:
    """Code or QR code was right; the second factor may follow."""
    if account.verifier is not None:
        call.device.awaiting_password = account
        raise Refusal(401, "SESSION_PASSWORD_NEEDED")
    return _welcome(call, account)


def _welcome(call: Call, account: Account) -> Any:
    call.device.log_in(account)
    return types.auth.Authorization(user=views.user(account, account))
