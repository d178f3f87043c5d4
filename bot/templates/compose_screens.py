"""A message being composed: what to send, what is wrong with it, how a real person gets it."""

from __future__ import annotations

from bot.templates.presses import AskTemplateName, KeepTemplateName, ShowAnotherPerson
from bot.templates.view_model import Preview
from bot.ui.formatting import LONGEST_SHOWN, masked, short
from bot.ui.i18n import Translator
from bot.ui.navigation import NewCampaign, OpenTemplates
from bot.ui.screen import Key, Screen, cancel, home
from db.models.contact_list import Member
from db.models.draft import Gap
from db.models.template import Template, utf16_length

SHOWN_GAPS = 4


def ask_message(_: Translator, fields: tuple[str, ...]) -> Screen:
    """Ask for the message. `fields` are what the newest list can fill."""
    lines = [
        _(
            "Send or forward the message as people should see it: text with its formatting, or "
            "one photo or one file with a caption."
        )
    ]
    if fields:
        written = " ".join("{{" + field + "}}" for field in fields)
        lines.append(_("From your newest list it can take: {fields}", fields=written[:500]))
    lines.append(
        _(
            "Where there may be nothing, say what stands instead: {example}",
            example=_("{{{{name|friend}}}}"),
        )
    )
    return Screen("\n".join(lines), ((cancel(_),),))


def album(_: Translator) -> Screen:
    """Refuse an album; a campaign's message has one file."""
    return Screen(
        _(
            "This is an album, and a campaign's message has one photo or one file. Send the one "
            "that matters most, with the text as its caption."
        ),
        ((cancel(_),),),
    )


def not_sendable(_: Translator) -> Screen:
    """Refuse what a campaign cannot send."""
    return Screen(
        _(
            "A campaign's message is text, or one photo or one file with a caption. Video, voice, "
            "stickers, polls and the rest I cannot send; a video can go as a file."
        ),
        ((cancel(_),),),
    )


def too_long(_: Translator, length: int, most: int, ending: str) -> Screen:
    """Refuse a long text. `length` includes `ending`, the closing line; both in UTF-16 units."""
    if most > 1024:
        sentence = _("The text has {n} characters; Telegram takes {most}.", n=length, most=most)
    else:
        sentence = _(
            "The caption has {n} characters; Telegram takes {most} under a photo or a file. "
            "Shorten it, or send the text without the file.",
            n=length,
            most=most,
        )
    if ending:
        sentence += " " + _("The closing line is counted: “{line}”", line=ending.strip())
    return Screen(sentence, ((cancel(_),),))


def too_big(_: Translator) -> Screen:
    """Refuse a file that the Bot API does not give to bots."""
    return Screen(
        _("The file is over 20 MB, and Telegram gives bots no more. Send a smaller one."),
        ((cancel(_),),),
    )


def not_fetched(_: Translator) -> Screen:
    """Say that the file could not be downloaded."""
    return Screen(_("Telegram did not give me the file. Send it once more."), ((cancel(_),),))


def mistaken(_: Translator, mistakes: list[str]) -> Screen:
    """Name what looks like a placeholder and is none, as it was written."""
    written = ", ".join(mistakes[:5])
    return Screen(
        _(
            "I do not understand this: {mistakes}\nA placeholder is {example}: letters, digits and "
            "_ between the braces, and what stands instead after a |. Send the message again.",
            mistakes=written,
            example=_("{{{{name|friend}}}}"),
        ),
        ((cancel(_),),),
    )


def previewed(_: Translator, preview: Preview) -> Screen:
    """Say under the sample who gets it, how long it is, and who gets a fallback."""
    if preview.member is None:
        lines = [_("There is no contact list yet. A person of whom we know nothing gets this.")]
    else:
        lines = [_("This is how <b>{name}</b> gets it.", name=person(preview.member))]
    most = preview.template.most_units
    length = utf16_length(preview.filled.text)
    lines.append(_.plural(
        "{n} of {most} characters.", "{n} of {most} characters.", length, most=most
    ))  # fmt: skip
    if preview.longest > most:
        lines.append(
            _(
                "For the longest row it is {n} characters, over Telegram's {most}: such a message "
                "would be refused. Shorten it and send it again.",
                n=preview.longest,
                most=most,
            )
        )
    lines += [_gap(_, preview, gap) for gap in preview.gaps[:SHOWN_GAPS]]
    save = Key(_("Save"), AskTemplateName(), "success")
    another = Key(_("Another person"), ShowAnotherPerson())
    rows = [(save, another)] if preview.size > 1 else [(save,)]
    return Screen("\n".join(lines), (*rows, (cancel(_),)))


def _gap(_: Translator, preview: Preview, gap: Gap) -> str:
    field = "{{" + short(gap.field, LONGEST_SHOWN) + "}}"
    fallback = short(gap.fallback, LONGEST_SHOWN)
    name = short(preview.list_name or "", LONGEST_SHOWN)
    if gap.people == preview.size and gap.fallback:
        return _(
            "Nobody in {name} has {field}: they get “{fallback}”.",
            name=name,
            field=field,
            fallback=fallback,
        )
    if gap.people == preview.size:
        return _(
            "Nobody in {name} has {field}: they get nothing in its place.",
            name=name,
            field=field,
        )
    if gap.fallback:
        return _.plural(
            "{field} is empty for {n} person: they get “{fallback}”.",
            "{field} is empty for {n} people: they get “{fallback}”.",
            gap.people,
            field=field,
            fallback=fallback,
        )
    return _.plural(
        "{field} is empty for {n} person: they get nothing in its place.",
        "{field} is empty for {n} people: they get nothing in its place.",
        gap.people,
        field=field,
    )


def person(member: Member) -> str:
    """Return what the list calls the person; phones are masked."""
    if name := member.fields.get("name"):
        return short(name)
    if member.username:
        return f"@{member.username}"
    return masked(member.phone) if member.phone else str(member.user_id)


def ask_name(_: Translator, suggested: str) -> Screen:
    """Ask for a name."""
    return Screen(
        _(
            "What shall we call this message? Type a name, or keep <b>{name}</b>. "
            "People who get it never see the name.",
            name=suggested,
        ),
        ((Key(_("Keep this name"), KeepTemplateName(), "success"),), (cancel(_),)),
    )


def name_refused(_: Translator, longest: int) -> Screen:
    """Answer a name that is empty, too long or has several lines."""
    text = _("A name has 1 to {n} characters, on one line. Type another.", n=longest)
    return Screen(text, ((cancel(_),),))


def saved(_: Translator, template: Template) -> Screen:
    """Confirm that the message is saved."""
    return Screen(
        _("<b>{name}</b> is saved.", name=template.name),
        (
            (Key(_("New campaign"), NewCampaign(), "success"),),
            (Key(_("Messages"), OpenTemplates()), home(_)),
        ),
    )


def draft_gone(_: Translator) -> str:
    """Return the toast for a button of a message that is not being composed any more."""
    return _("That message is saved or cancelled already.")
