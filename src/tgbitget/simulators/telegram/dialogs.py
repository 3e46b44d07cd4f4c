"""messages.getDialogs and getPeerDialogs: the list of chats, with each channel's pts."""

from __future__ import annotations

from typing import Any

from telethon.tl import functions, types

from . import views
from .account import Account
from .calls import Answers, Call
from .channel import Channel
from .differences import state_of
from .shelf import shelf_of

answers = Answers()

PAGE_MAX = 100


@answers(functions.messages.GetDialogsRequest)
def get_dialogs(call: Call, request: Any) -> Any:
    everything = [] if request.folder_id else _in_order(call)  # the archive is empty
    rest = everything[_start(call, everything, request) :]
    page = rest[: min(request.limit, PAGE_MAX)]
    fields = _fields(call, page)
    if len(page) == len(everything):
        return types.messages.Dialogs(**fields)
    return types.messages.DialogsSlice(count=len(everything), **fields)


@answers(functions.messages.GetPeerDialogsRequest)
def get_peer_dialogs(call: Call, request: Any) -> Any:
    owners = [
        call.peer(named.peer) for named in request.peers if isinstance(named, types.InputDialogPeer)
    ]
    return types.messages.PeerDialogs(state=state_of(call), **_fields(call, owners))


def _in_order(call: Call) -> list[Account | Channel]:
    """Newest first. Saved Messages is listed once something is in it."""
    owners: list[Account | Channel] = [*call.world.channels_of(call.account)]
    if len(call.account.box):
        owners.append(call.account)
    return sorted(owners, key=lambda owner: (views.dialog_date(owner), owner.id), reverse=True)


def _start(call: Call, everything: list[Account | Channel], request: Any) -> int:
    """After the chat that ended the page before."""
    if isinstance(request.offset_peer, types.InputPeerEmpty):
        return 0
    last = call.peer(request.offset_peer)
    return everything.index(last) + 1 if last in everything else 0


def _fields(call: Call, owners: list[Account | Channel]) -> dict[str, Any]:
    fields: dict[str, list[Any]] = {"dialogs": [], "messages": [], "chats": [], "users": []}
    for owner in owners:
        newest = owner.box.newest
        shelf = shelf_of(call, owner, [newest] if newest else [])
        fields["dialogs"].append(views.dialog(owner))
        fields["messages"] += shelf.messages
        fields["chats"] += shelf.chats
        fields["users"] += shelf.users
    return fields
