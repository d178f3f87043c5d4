"""Filling a template: the text is replaced, and the formatting stays on the right words."""

from __future__ import annotations

import random

import pytest

from db.models.template import (
    Entity,
    Template,
    field_name,
    fill,
    longest_filled,
    mistakes,
    placeholders,
    utf16_length,
)


def covered(text: str, entity: Entity) -> str:
    units = text.encode("utf-16-le")
    return units[entity.offset * 2 : (entity.offset + entity.length) * 2].decode("utf-16-le")


def over(text: str, part: str, kind: str = "bold") -> Entity:
    return Entity(kind, utf16_length(text[: text.index(part)]), utf16_length(part))


@pytest.mark.parametrize(
    ("text", "fields", "expected"),
    [
        ("Hi {{name}}!", {"name": "Anna"}, "Hi Anna!"),
        ("Hi {{ NAME }}!", {"name": "Anna"}, "Hi Anna!"),
        ("{{Имя}}, здравствуйте", {"имя": "Ёлка"}, "Ёлка, здравствуйте"),
        ("{{first name}}", {"first_name": "Anna"}, "Anna"),
        ("{{नाम}}", {"नाम": "अन्ना"}, "अन्ना"),
        ("{{name|friend}}", {}, "friend"),
        ("{{name | dear friend }}", {"name": "  "}, "dear friend"),
        ("[{{name}}]", {}, "[]"),
        ("{{a}}{{b}}{{a}}", {"a": "1", "b": "2"}, "121"),
        ("{{{name}}}", {"name": "x"}, "{x}"),
        ("{{name|}}", {}, ""),
        ("{{a.b}} {{}} {{ }} {{a", {"a": "x", "b": "y"}, "{{a.b}} {{}} {{ }} {{a"),
        ("{{a!r:>10}} {a}", {"a": "x"}, "{{a!r:>10}} {a}"),
        ("{{a|b|c}}", {}, "b|c"),
        ("{{__class__}}", {}, ""),
    ],
)
def test_a_placeholder_becomes_its_field_or_its_fallback(
    text: str, fields: dict[str, str], expected: str
) -> None:
    assert fill(text, (), fields).text == expected


def test_what_was_filled_in_is_never_expanded_again() -> None:
    fields = {"a": "{{b}}", "b": "{{a}}"}
    assert fill("{{a}} {{b}} {{c|x}}", (), fields).text == "{{b}} {{a}} x"


def test_entities_move_and_grow_with_the_text() -> None:
    text = "👋 {{name}}, see the link"
    entities = (over(text, "{{name}}"), over(text, "link", "text_link"), over(text, text, "italic"))
    filled = fill(text, entities, {"name": "Ёлкин 🎄 Иван"})
    assert [covered(filled.text, e) for e in filled.entities] == [
        "Ёлкин 🎄 Иван",
        "link",
        filled.text,
    ]


def test_an_entity_left_without_text_is_dropped() -> None:
    text = "Hi {{name}}!"
    assert fill(text, (over(text, "{{name}}"),), {}).entities == ()
    assert fill(text, (over(text, "{{name}}!"),), {}).entities == (Entity("bold", 3, 1),)


@pytest.mark.parametrize("part", ["name", "Hi {{na", "me}}!", "{{", "{{name}}"])
def test_a_partly_formatted_placeholder_is_formatted_whole(part: str) -> None:
    text = "Hi {{name}}!"
    filled = fill(text, (over(text, part),), {"name": "Иван Ёлкин"})
    assert "Иван Ёлкин" in covered(filled.text, filled.entities[0])


def test_a_custom_emoji_keeps_exactly_its_emoji() -> None:
    text = "🔥{{name|🎉 you}}🔥"
    emoji = [
        Entity("custom_emoji", 0, 2, custom_emoji_id="1"),
        Entity("custom_emoji", 9, 2, custom_emoji_id="2"),
        Entity("custom_emoji", 17, 2, custom_emoji_id="3"),
    ]
    fallback = fill(text, tuple(emoji), {})
    assert [covered(fallback.text, e) for e in fallback.entities] == ["🔥", "🎉", "🔥"]
    named = fill(text, tuple(emoji), {"name": "Ян"})
    assert [(e.custom_emoji_id, covered(named.text, e)) for e in named.entities] == [
        ("1", "🔥"),
        ("3", "🔥"),
    ]


ALPHABET = ["a", "Ё", "👍", " ", "{", "}", "\n", "|"]
FIELDS = {"a": "", "b": "xx", "имя": "🎄Иван", "d": "{{b}}"}
PARTS = ["{{a}}", "{{b}}", "{{ Имя }}", "{{d|z}}", "{{a|👍фб}}", "{{gone}}", "{{x.y}}"]


def by_the_unit(text: str, entities: tuple[Entity, ...]) -> tuple[str, list[set[int]]]:
    """Fill in the slow and obvious way: every UTF-16 unit has the set of entities over it."""
    tags: list[set[int]] = [set() for _ in range(utf16_length(text))]
    for number, entity in enumerate(entities):
        for unit in range(entity.offset, entity.offset + entity.length):
            tags[unit].add(number)
    out, out_tags, read, unit = "", list[set[int]](), 0, 0
    for placeholder in placeholders(text):
        before = text[read : placeholder.start]
        value = FIELDS.get(placeholder.field, "") or placeholder.fallback
        out += before + value
        out_tags += tags[unit : unit + utf16_length(before)]
        unit += utf16_length(before)
        length = utf16_length(text[placeholder.start : placeholder.end])
        union = set[int]().union(*tags[unit : unit + length])
        out_tags += [union] * utf16_length(value)
        unit += length
        read = placeholder.end
    return out + text[read:], out_tags + tags[unit:]


@pytest.mark.parametrize("seed", range(40))
def test_any_text_is_filled_as_the_slow_and_obvious_way_fills_it(seed: int) -> None:
    chance = random.Random(seed)
    for _ in range(50):
        text = "".join(
            chance.choice(PARTS if chance.random() < 0.3 else ALPHABET)
            for _ in range(chance.randint(0, 14))
        )
        edges = [utf16_length(text[:i]) for i in range(len(text) + 1)]
        entities = tuple(
            Entity("bold", start, end - start)
            for start, end in (sorted(chance.choices(edges, k=2)) for _ in range(3))
            if end > start
        )
        filled = fill(text, entities, FIELDS)
        expected, tags = by_the_unit(text, entities)
        assert filled.text == expected
        assert len(tags) == utf16_length(filled.text)
        survivors = sorted(set[int]().union(*tags)) if tags else []
        stretches = [[unit for unit, over_it in enumerate(tags) if n in over_it] for n in survivors]
        assert [(e.offset, e.offset + e.length - 1) for e in filled.entities] == [
            (stretch[0], stretch[-1]) for stretch in stretches
        ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Hi {{name}} {{имя|друг}} {single} }}", []),
        ("a {{ }} b", ["{{ }}"]),
        ("{{a.b}} {{ok}} {{x!}}", ["{{a.b}}", "{{x!}}"]),
        ("dear {{name", ["{{name"]),
        ("{{name\nnext", ["{{name"]),
        ("{{a {{b}}", ["{{a {{b}}"]),
        ("{{|x}}", ["{{|x}}"]),
        ("{{" + "a" * 60, ["{{" + "a" * 22 + "…"]),
    ],
)
def test_a_malformed_placeholder_is_named(text: str, expected: list[str]) -> None:
    assert mistakes(text) == expected


@pytest.mark.parametrize(
    ("written", "name"),
    [
        (" Имя ", "имя"),
        ("First Name", "first_name"),
        ("e-mail", "e_mail"),
        ("Город (факт.)", "город_факт"),
        ("***", ""),
    ],
)
def test_headers_and_placeholders_go_by_one_rule(written: str, name: str) -> None:
    assert field_name(written) == name


def test_the_longest_row_is_measured_in_utf16_units() -> None:
    template = Template(1, "t", "Hi {{name|you}}", (), None)
    assert longest_filled(template, [{"name": "Al"}, {"name": "👍👍👍"}, {}]) == 9
    assert longest_filled(template, []) == 0


def test_entities_survive_storage() -> None:
    entity = Entity("text_link", 0, 3, url="https://example.com")
    assert entity.to_json() == {
        "type": "text_link",
        "offset": 0,
        "length": 3,
        "url": "https://example.com",
    }
    assert Entity.from_json(entity.to_json()) == entity
