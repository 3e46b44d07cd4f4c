"""What belongs to the machine: keys, paths, hosts, limits of the account. From `TGBITGET_…` variables.

hosts    addresses of other servers and of a proxy; which of them are this machine
machine  every setting with its documentation, and where in HOME what lies
sources  where variables come from, and the refusal of unknown ones and of bad values
"""

from tgbitget.settings.hosts import Address, Proxy, is_this_machine
from tgbitget.settings.machine import AccountLimits, BitgetSettings, Settings, TelegramSettings
from tgbitget.settings.sources import load_settings, setting_names

__all__ = [
    "AccountLimits",
    "Address",
    "BitgetSettings",
    "Proxy",
    "Settings",
    "TelegramSettings",
    "is_this_machine",
    "load_settings",
    "setting_names",
]
