"""The bot's tests. aiogram is imported as the product imports it, before any module of theirs."""

from bot.process.lean_aiogram import import_aiogram

import_aiogram()
