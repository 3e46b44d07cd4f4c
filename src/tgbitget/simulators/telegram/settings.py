"""help.* and account.*: the server's configuration, the account's devices."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from telethon.tl import functions, types

from . import views
from .calls import Answers, Call
from .refusal import Refusal

answers = Answers()

TEXT_LENGTH_MAX = 4096


@answers(functions.help.GetConfigRequest)
def config(call: Call, _request: Any) -> Any:
    now = call.world.clock.now()
    host, port = call.world.address
    return types.Config(
        date=now,
        expires=now + timedelta(hours=1),
        test_mode=False,
        this_dc=call.world.dc_id,
        dc_options=[types.DcOption(id=call.world.dc_id, ip_address=host, port=port)],
        dc_txt_domain_name="",
        chat_size_max=200,
        megagroup_size_max=200_000,
        forwarded_count_max=100,
        online_update_period_ms=210_000,
        offline_blur_timeout_ms=5_000,
        offline_idle_timeout_ms=30_000,
        online_cloud_timeout_ms=300_000,
        notify_cloud_delay_ms=30_000,
        notify_default_delay_ms=1_500,
        push_chat_period_ms=60_000,
        push_chat_limit=2,
        edit_time_limit=172_800,
        revoke_time_limit=2**31 - 1,
        revoke_pm_time_limit=2**31 - 1,
        rating_e_decay=2_419_200,
        stickers_recent_limit=200,
        channels_read_media_period=604_800,
        call_receive_timeout_ms=20_000,
        call_ring_timeout_ms=90_000,
        call_connect_timeout_ms=30_000,
        call_packet_timeout_ms=10_000,
        me_url_prefix="https://t.me/",
        caption_length_max=1024,
        message_length_max=TEXT_LENGTH_MAX,
        webfile_dc_id=call.world.dc_id,
    )


@answers(functions.help.GetNearestDcRequest)
def nearest_dc(call: Call, _request: Any) -> Any:
    return types.NearestDc(country="NL", this_dc=call.world.dc_id, nearest_dc=call.world.dc_id)


@answers(functions.account.UpdateStatusRequest)
def update_status(call: Call, _request: Any) -> bool:
    return call.account is not None


@answers(functions.account.GetAuthorizationsRequest)
def authorizations(call: Call, _request: Any) -> Any:
    devices = call.world.devices_of(call.account)
    return types.account.Authorizations(
        authorization_ttl_days=180,
        authorizations=[
            views.authorization(device, current=device is call.device) for device in devices
        ],
    )


@answers(functions.account.ResetAuthorizationRequest)
def reset_authorization(call: Call, request: Any) -> bool:
    for device in call.world.devices_of(call.account):
        if device.hash == request.hash and device is not call.device:
            device.log_out(Refusal(401, "SESSION_REVOKED"))
            return True
    raise Refusal(400, "HASH_INVALID")
