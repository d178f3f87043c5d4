"""Acts on the page as a person does: by what is visible, and by its labels."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

from playwright.async_api import FilePayload, Locator, Page, expect

# The events of a file that is dragged onto the conversation and dropped.
DROP = """({name, type, data}) => {
  const bytes = Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));
  const dataTransfer = new DataTransfer();
  dataTransfer.items.add(new File([bytes], name, {type}));
  const target = document.getElementById("scroll");
  for (const kind of ["dragenter", "dragover", "drop"])
    target.dispatchEvent(new DragEvent(kind, {dataTransfer, bubbles: true, cancelable: true}));
}"""

AXE = "axe.run(document, {resultTypes: ['violations']}).then((found) => found.violations)"


class Visitor:
    """Acts on `page` and saves screenshots in `shots`.

    `complaints` collects the uncaught errors of the page's scripts, and the errors and warnings of
    its console.
    """

    def __init__(self, page: Page, shots: Path) -> None:
        self.page, self._shots = page, shots
        self.complaints: list[str] = []
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", self._on_console)
        shots.mkdir(parents=True, exist_ok=True)

    def _on_console(self, message: Any) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(message.text)

    # --- looking ----------------------------------------------------------------

    @property
    def last(self) -> Locator:
        """Return the newest message of the open conversation."""
        return self.page.locator("#log .message").last

    async def sees(self, text: str, *, seconds: float = 60) -> None:
        """Wait until a message of the open conversation contains the text."""
        message = self.page.locator("#log .message", has_text=text).last
        await expect(message).to_be_visible(timeout=seconds * 1000)

    async def counts(self, name: str, value: str, *, seconds: float = 60) -> None:
        """Wait until the counter with this name shows this value."""
        title = self.page.locator("dt").get_by_text(name, exact=True)
        figure = self.page.locator(".counters div", has=title)
        await expect(figure.locator("dd")).to_have_text(value, timeout=seconds * 1000)

    # --- acting -----------------------------------------------------------------

    async def says(self, text: str) -> None:
        """Type a text and send it with Enter."""
        await self.page.get_by_label("Message", exact=True).fill(text)
        if text.startswith("/"):  # closes the menu of commands
            await self.page.keyboard.press("Escape")
        await self.page.keyboard.press("Enter")

    async def drops(self, name: str, kind: str, data: bytes) -> None:
        """Drag a file onto the conversation and drop it."""
        payload = {"name": name, "type": kind, "data": base64.b64encode(data).decode()}
        await self.page.evaluate(DROP, payload)

    async def attaches(self, name: str, kind: str, data: bytes) -> None:
        """Choose a file with the file button."""
        payload: FilePayload = {"name": name, "mimeType": kind, "buffer": data}
        await self.page.get_by_label("File to send").set_input_files(payload)

    async def presses(self, label: str) -> None:
        """Press the newest inline button with this label, as soon as it is there."""
        await self.page.locator("#log .key", has_text=label).last.click(timeout=60_000)

    async def opens(self, name: str) -> None:
        """Open the conversation with this name."""
        title = self.page.locator("b").get_by_text(name, exact=True)
        await self.page.locator("#rows .row", has=title).first.click()

    # --- checking ---------------------------------------------------------------

    async def use_theme(self, scheme: Any) -> None:
        """Emulate the system's colour scheme: "light" or "dark"."""
        await self.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")

    async def shoots(self, name: str) -> None:
        """Save the page in both themes, as `name-light.png` and `name-dark.png`."""
        for scheme in ("dark", "light"):
            await self.use_theme(scheme)
            await self.page.screenshot(path=self._shots / f"{name}-{scheme}.png")

    async def finds_no_violation(self, axe: str) -> None:
        """Check the page as it is now with axe-core, in both themes; the source is `axe`."""
        if not await self.page.evaluate("typeof axe === 'object'"):
            await self.page.add_script_tag(content=axe)
        for scheme in ("light", "dark"):
            await self.use_theme(scheme)
            violations = [
                f"{rule['id']} ({scheme}): {rule['help']}: {node['html'][:160]}"
                for rule in await self.page.evaluate(AXE)
                for node in rule["nodes"]
            ]
            assert not violations, "\n".join(violations)
