"""tgbitget: Telegram signal channels, traded and guarded on Bitget."""
