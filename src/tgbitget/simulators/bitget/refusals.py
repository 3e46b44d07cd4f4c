"""What the venue answers when it says no: its codes, its sentences."""

from __future__ import annotations

SENTENCES = {
    "429": "Too Many Requests",
    "22001": "No order to cancel",
    "22002": "No position to close",
    "22038": "The size you enter should be a multiple of {}",
    "22047": "The price is outside the limit of {}",
    "40001": "ACCESS_KEY cannot be empty",
    "40003": "Signature cannot be empty",
    "40005": "Invalid ACCESS_TIMESTAMP",
    "40006": "Invalid ACCESS_KEY",
    "40007": "Invalid Content_Type",
    "40008": "Request timestamp expired",
    "40009": "sign signature error",
    "40011": "ACCESS_PASSPHRASE cannot be empty",
    "40012": "apikey/password is incorrect",
    "40014": "Incorrect permissions",
    "40017": "Parameter verification failed {}",
    "40020": "Parameter {} error",
    "40034": "Parameter {} does not exist",
    "40037": "Apikey does not exist",
    "40084": "You are in Classic Account mode, and the Unified Account API is not supported at this time",
    "40085": "You are in Unified Account mode, and the Classic Account API is not supported at this time",
    "40099": "exchange environment is incorrect",
    "40109": "The data of the order cannot be found, please confirm the order number",
    "40200": "Server upgrade, please try again later",
    "40305": "client_oid length is not greater than 50, and cannot be Martian characters",
    "40309": "The contract has been removed",
    "40404": "Request URL NOT FOUND",
    "40754": "balance not enough",
    "40762": "The order amount exceeds the balance",
    "40768": "Order does not exist",
    "40774": "The order type for unilateral position must also be the unilateral position type.",
    "40786": "Duplicate clientOid",
    "40797": "Exceeded the maximum settable leverage",
    "40808": "Parameter verification exception {}",
    "40832": "Take profit price for short positions please < mark price {}",
    "40891": "Insufficient position, can not set profit or stop loss",
    "40893": "Parameter verification exception {}",
    "40915": "Long position take profit price please > mark price {}",
    "40917": "Stop price for long positions please < mark price {}",
    "40920": "Currently holding positions or orders, the position mode cannot be adjusted",
    "43001": "The order does not exist",
    "43011": "The parameter does not meet the specification {}",
    "43012": "Insufficient balance",
    "43020": "The stop profit and stop loss order does not exist",
    "43025": "Plan order does not exist",
    "43118": "clientOrderId duplicate",
    "45110": "less than the minimum amount {} USDT",
    "45111": "less than the minimum order quantity",
    "45112": "more than the maximum order quantity",
    "45115": "The price you enter should be a multiple of {}",
    "45117": "Currently holding positions or orders, the margin mode cannot be adjusted",
    "45119": "Open position not allowed",
    "45122": "Short position stop loss price please > mark price {}",
    "400172": "Parameter verification failed {}",
}


class Refusal(Exception):
    """The venue refuses; `code` and `message` are its own."""

    def __init__(self, code: str, *values: object, message: str | None = None) -> None:
        sentence = SENTENCES.get(code, "") if message is None else message
        self.code = code
        self.message = sentence.format(*values) if values else sentence.replace(" {}", "")
        super().__init__(f"{code} {self.message}")
