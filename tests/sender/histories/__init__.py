"""Random histories of campaigns: real rows and the real engine, a scripted Telegram, no waiting."""
