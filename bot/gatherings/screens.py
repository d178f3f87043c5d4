"""A contact list of the people who wrote to an account: who is wanted, how it goes, what it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.gatherings.presses import (
    AnyWords,
    CancelGathering,
    ChooseDays,
    KeepName,
    StartGathering,
    TypeDays,
)
from bot.ui.formatting import named, short
from bot.ui.i18n import Markup, Translator
from bot.ui.navigation import (
    AskGathering,
    NewCampaign,
    OpenAccount,
    OpenAccounts,
    OpenContactList,
    OpenContactLists,
)
from bot.ui.screen import Key, Screen, back, cancel, home
from db.models.account import Account
from db.models.admin import Admin
from db.models.contact_list import ContactList
from db.models.gathering import ALL_DAYS, MOST_DAYS, NOT_CONNECTED, Wish

MOST_ACCOUNTS = 6  # on one screen; the others are asked from their own screens
DAYS = (7, 30, 90)
LONGEST_NAME = 64
LONGEST_WORDS = 200


def ask_account(_: Translator, found: Sequence[Account]) -> Screen:
    """Ask whose conversations to look at."""
    if not found:
        text = _("No account is ready. See /accounts.")
        return Screen(text, ((Key(_("Accounts"), OpenAccounts()), home(_)),))
    rows = [(Key(short(one.name), AskGathering(one.id)),) for one in found[:MOST_ACCOUNTS]]
    if len(found) > MOST_ACCOUNTS:
        rows.append((Key(_("Accounts"), OpenAccounts()),))
    return Screen(_("To which account did they write?"), (*rows, (back(_, OpenContactLists()),)))


def ask_days(_: Translator, account: Account) -> Screen:
    """Ask how far back to look."""
    text = _(
        "<b>People who wrote to us</b>\nI read the conversations of {account} and make a list of "
        "everyone who wrote to it. Since when?",
        account=Markup(named(account.name)),
    )
    days = tuple(Key(_.plural("{n} day", "{n} days", n), ChooseDays(account.id, n)) for n in DAYS)
    return Screen(
        text,
        (
            (Key(_("All time"), ChooseDays(account.id, ALL_DAYS), "success"),),
            days,
            (Key(_("Type the days"), TypeDays(account.id)),),
            (back(_, OpenAccount(account.id)),),
        ),
    )


def ask_typed_days(_: Translator, account_id: int) -> Screen:
    """Ask for a number of days."""
    text = _("How many days back? Type a number from 1 to {n}.", n=MOST_DAYS)
    return Screen(text, ((back(_, AskGathering(account_id)),),))


def ask_words(_: Translator, account_id: int) -> Screen:
    """Ask for words that they must have said."""
    text = _(
        "Only those who used certain words? Type the words with commas between them, for example: "
        "<i>lavender, delivery</i>. One of them is enough."
    )
    return Screen(
        text,
        (
            (Key(_("Any words"), AnyWords(account_id), "success"),),
            (back(_, AskGathering(account_id)),),
        ),
    )


def words_wanted(_: Translator, account_id: int) -> Screen:
    """Answer what are no words."""
    text = _("I need 1 to {n} characters with a word. Type them again.", n=LONGEST_WORDS)
    return Screen(
        text,
        (
            (Key(_("Any words"), AnyWords(account_id)),),
            (back(_, AskGathering(account_id)),),
        ),
    )


def default_name(_: Translator, account: Account) -> str:
    """Return the name of a list that the admin does not name."""
    return short(_("Wrote to {account}", account=Markup(account.name)), LONGEST_NAME)


def ask_name(_: Translator, account: Account) -> Screen:
    """Ask what the list is called."""
    text = _(
        "What shall we call this list? Type a name, or keep <b>{name}</b>.",
        name=default_name(_, account),
    )
    return Screen(
        text, ((Key(_("Keep this name"), KeepName(account.id), "success"),), (cancel(_),))
    )


def one_line_wanted(_: Translator) -> Screen:
    """Answer what is not one line of 1 to LONGEST_NAME characters."""
    text = _("I need 1 to {n} characters, on one line. Type it again.", n=LONGEST_NAME)
    return Screen(text, ((cancel(_),),))


def confirm(_: Translator, admin: Admin, account: Account, wish: Wish, name: str) -> Screen:
    """Show who will be in the list, and who attests it."""
    shown = Markup(named(account.name))
    lines = [f"<b>{named(name)}</b>"]
    if wish.days == ALL_DAYS:
        lines.append(_("Everyone who ever wrote to {account}.", account=shown))
    else:
        lines.append(
            _.plural(
                "Everyone who wrote to {account} in the last {n} day.",
                "Everyone who wrote to {account} in the last {n} days.",
                wish.days,
                account=shown,
            )
        )
    if wish.words:
        lines.append(_("Only with one of these words: {words}.", words=", ".join(wish.words)))
    lines.append(_("Why we may write: they wrote to us (you say so, {name}).", name=admin.name))
    lines.append(_("Who asked for no more messages is left out."))
    make = Key(_("Make the list"), StartGathering(account.id), "success")
    return Screen("\n".join(lines), ((make,), (cancel(_),)))


def begin_again(_: Translator, account_id: int) -> Screen:
    """Answer a button whose questions were answered too long ago."""
    text = _("I no longer know whom you wanted. Let us begin again.")
    key = Key(_("People who wrote to us"), AskGathering(account_id), "success")
    return Screen(text, ((key,), (home(_),)))


def gathering(_: Translator, account_id: int, done: int = 0, total: int = 0) -> Screen:
    """Say that conversations are read: `done` of `total` so far, 0 when unknown."""
    text = _("Reading conversations…")
    if total:
        text = _.plural(
            "Reading conversations… {done} of {n}",
            "Reading conversations… {done} of {n}",
            total,
            done=done,
        )
    return Screen(text, ((Key(_("✕ Cancel"), CancelGathering(account_id)),),))


def busy(_: Translator) -> Screen:
    """Say that a list is being made of this account already."""
    text = _("A list is being made of these conversations already. Ask again when it is done.")
    return Screen(text, ((home(_),),))


def stopping(_: Translator) -> str:
    """Return the toast of a cancelled gathering."""
    return _("It stops in a moment.")


def ended_already(_: Translator) -> str:
    """Return the toast for the button of a gathering that has ended."""
    return _("That has ended already.")


def made(_: Translator, saved: ContactList, left_out: Mapping[str, int]) -> Screen:
    """Confirm that the list is made, and say who is not in it."""
    text = _.plural(
        "<b>{name}</b> is saved: {n} person.",
        "<b>{name}</b> is saved: {n} people.",
        saved.size,
        name=saved.name,
    )
    return Screen(
        text + _left_out(_, left_out),
        (
            (Key(_("New campaign"), NewCampaign(), "success"),),
            (Key(_("Show"), OpenContactList(saved.id)), home(_)),
        ),
    )


def nothing_found(_: Translator, account_id: int, left_out: Mapping[str, int]) -> Screen:
    """Say that there is no one to make a list of."""
    text = _("I found no one to write to, so there is no list.") + _left_out(_, left_out)
    return Screen(text, ((Key(_("Ask for others"), AskGathering(account_id)),), (home(_),)))


def cancelled(_: Translator) -> Screen:
    """Confirm that no list was made."""
    return Screen(_("Stopped. No list was made."), ((home(_),),))


def failed(_: Translator, account_id: int, reason: str | None) -> Screen:
    """Say why no list was made."""
    if reason == NOT_CONNECTED:
        text = _("The account cannot read its conversations now, so there is no list.")
        return Screen(text, ((Key(_("Show"), OpenAccount(account_id)), home(_)),))
    text = _(
        "Something went wrong, and no list was made. Try it once more; if it happens again, tell "
        "the person who runs the bot."
    )
    return Screen(text, ((home(_),),))


def _left_out(_: Translator, counts: Mapping[str, int]) -> str:
    if not any(counts.values()):
        return ""
    return "\n" + _(
        "Left out: {refused} who asked for no more messages, {unclear} whose words are unclear, "
        "{suppressed} on the stop list.",
        **counts,
    )
