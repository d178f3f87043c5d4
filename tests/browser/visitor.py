"""What a person does at the page, by what they can see of it."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

from playwright.async_api import FilePayload, Locator, Page, expect

# A file dragged from a folder onto the conversation, as the browser tells the page of it.
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
    """`complaints` collects what the page's console and its scripts complain of."""

    def __init__(self, page: Page, shots: Path) -> None:
        self.page, self._shots = page, shots
        self.complaints: list[str] = []
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", self._heard)
        shots.mkdir(parents=True, exist_ok=True)

    def _heard(self, message: Any) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(message.text)

    # --- looking ----------------------------------------------------------------

    @property
    def last(self) -> Locator:
        """The newest message."""
        return self.page.locator("#log .message").last

    async def sees(self, text: str, *, seconds: float = 60) -> None:
        """A message of the open conversation says so."""
        said = self.page.locator("#log .message", has_text=text).last
        await expect(said).to_be_visible(timeout=seconds * 1000)

    async def counts(self, name: str, value: str, *, seconds: float = 60) -> None:
        """The counter of the truth shows this figure."""
        title = self.page.locator("dt").get_by_text(name, exact=True)
        figure = self.page.locator(".counters div", has=title)
        await expect(figure.locator("dd")).to_have_text(value, timeout=seconds * 1000)

    # --- acting -----------------------------------------------------------------

    async def says(self, text: str) -> None:
        await self.page.get_by_label("Message", exact=True).fill(text)
        if text.startswith("/"):  # its menu is open
            await self.page.keyboard.press("Escape")
        await self.page.keyboard.press("Enter")

    async def drops(self, name: str, kind: str, data: bytes) -> None:
        """Drag a file onto the conversation and let go."""
        payload = {"name": name, "type": kind, "data": base64.b64encode(data).decode()}
        await self.page.evaluate(DROP, payload)

    async def attaches(self, name: str, kind: str, data: bytes) -> None:
        """Choose a file with the paper clip."""
        payload: FilePayload = {"name": name, "mimeType": kind, "buffer": data}
        await self.page.get_by_label("File to send").set_input_files(payload)

    async def presses(self, label: str) -> None:
        """Press the newest inline key with this label, as soon as it is there."""
        await self.page.locator("#log .key", has_text=label).last.click(timeout=60_000)

    async def opens(self, name: str) -> None:
        """Open a conversation of the list."""
        title = self.page.locator("b").get_by_text(name, exact=True)
        await self.page.locator("#rows .row", has=title).first.click()

    # --- proving ----------------------------------------------------------------

    async def dressed(self, scheme: Any) -> None:
        """Switch the system's colours: "light" or "dark"."""
        await self.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")

    async def shoots(self, name: str) -> None:
        """A picture of the page in both themes, `name-light.png` and `name-dark.png`."""
        for scheme in ("dark", "light"):
            await self.dressed(scheme)
            await self.page.screenshot(path=self._shots / f"{name}-{scheme}.png")

    async def finds_no_fault(self, axe: str) -> None:
        """axe-core has nothing to say against what is on the page now."""
        if not await self.page.evaluate("typeof axe === 'object'"):
            await self.page.add_script_tag(content=axe)
        for scheme in ("light", "dark"):
            await self.dressed(scheme)
            faults = await self.page.evaluate(AXE)
            told = [
                f"{fault['id']} ({scheme}): {fault['help']}: {node['html'][:160]}"
                for fault in faults
                for node in fault["nodes"]
            ]
            assert not told, "\n".join(told)
