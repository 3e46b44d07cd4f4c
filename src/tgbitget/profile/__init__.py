"""A channel's profile: how its posts are read, entered, sized and guarded. One TOML file, unknown keys refused.

keys       every key with its default, its bounds and its documentation
limits     those of its limits
file       a file becomes a profile, or a list of faults with their lines
sentences  what a profile means, in plain words
"""

from tgbitget.profile.file import (
    Fault,
    HasProfileFolders,
    check_channels,
    default_profile,
    find_profile,
    load_profile,
    profile_faults,
    profile_files,
)
from tgbitget.profile.keys import (
    EntrySection,
    ExitsSection,
    FollowUpsSection,
    LeverageSection,
    MarketSection,
    ParsingSection,
    Profile,
    SignalsSection,
    SizeSection,
    TelegramSection,
)
from tgbitget.profile.limits import LimitsSection
from tgbitget.profile.sentences import sentences, warnings

__all__ = [
    "EntrySection",
    "ExitsSection",
    "Fault",
    "FollowUpsSection",
    "HasProfileFolders",
    "LeverageSection",
    "LimitsSection",
    "MarketSection",
    "ParsingSection",
    "Profile",
    "SignalsSection",
    "SizeSection",
    "TelegramSection",
    "check_channels",
    "default_profile",
    "find_profile",
    "load_profile",
    "profile_faults",
    "profile_files",
    "sentences",
    "warnings",
]
