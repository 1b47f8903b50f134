"""Somebody at a browser, and the watch over what their pages complain about."""

from __future__ import annotations

from dataclasses import dataclass, field

from playwright.sync_api import ConsoleMessage, Locator, Page, Response


@dataclass
class Watch:
    """What pages must not do: errors on the console (broken content policy among them), thrown errors, answers of 500 and more."""

    base: str
    faults: list[str] = field(default_factory=list)

    def follow(self, page: Page) -> None:
        """Listen to a page from now on."""
        page.on("console", self._said)
        page.on("pageerror", lambda error: self.faults.append(f"thrown: {error}"))
        page.on("response", self._answered)

    def _said(self, message: ConsoleMessage) -> None:
        # What the browser says about an answer of 400 and more is judged where the answer itself is seen.
        if message.type in {"error", "warning"} and not message.text.startswith("Failed to load resource"):
            self.faults.append(f"console at {message.location.get('url', '')}: {message.text}")

    def _answered(self, response: Response) -> None:
        broken = response.status >= 500 or (response.status >= 400 and response.request.resource_type not in {"document", "xhr", "fetch"})
        if broken or not response.url.startswith((self.base, "data:")):
            self.faults.append(f"{response.status} at {response.url}")


@dataclass
class Guest:
    """Somebody at a browser: what they see, tap and type, by the words on the page."""

    page: Page
    watch: Watch

    def become(self, persona: str) -> None:
        """Sign in as a persona with the click of the demo page."""
        self.page.goto("/demo/")
        self.page.locator(f"form:has(input[value='{persona}']) button").click()
        self.page.wait_for_url(lambda url: "/demo/" not in url)

    def goto(self, path: str) -> int:
        """Open an address; return the answer's status."""
        answer = self.page.goto(path)
        assert answer is not None
        return answer.status

    def tap(self, words: str, *, exact: bool = True) -> None:
        """Tap the first visible button or link with these words and wait for what comes."""
        found = self.page.get_by_role("button", name=words, exact=exact).or_(self.page.get_by_role("link", name=words, exact=exact))
        found.first.click()
        self.page.wait_for_load_state()

    def open(self, words: str) -> None:
        """Open what is folded away under these words."""
        self.page.locator("summary", has_text=words).first.click()

    def type(self, label: str, text: str) -> None:
        """Fill the field with this label."""
        self.page.get_by_label(label, exact=True).locator("visible=true").fill(text)

    def see(self, words: str) -> Locator:
        """Expect words on the page; return where they stand."""
        found = self.page.get_by_text(words).locator("visible=true").first
        found.wait_for()
        return found

    @property
    def text(self) -> str:
        """Return everything the page says."""
        return self.page.locator("body").inner_text()
