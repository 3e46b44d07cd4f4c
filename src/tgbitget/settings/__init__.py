"""What belongs to the machine: keys, paths, hosts, limits of the account. From `TGBITGET_…` variables.

hosts    addresses of other servers and of a proxy; which of them are this machine
limits   what no profile may exceed together with the others
machine  every setting with its documentation, and where in HOME what lies
places   what holds variables, in order of trust, and which place each secret came from
sources  the settings of this machine, and the refusal of unknown ones and of bad values
"""

from tgbitget.settings.hosts import Address, Proxy, is_this_machine
from tgbitget.settings.limits import AccountLimits
from tgbitget.settings.machine import BitgetSettings, Settings, TelegramSettings
from tgbitget.settings.places import secret_origins
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
    "secret_origins",
    "setting_names",
]
