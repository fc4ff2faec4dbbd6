"""How well a text can be read, as WCAG measures it."""

from __future__ import annotations

from playwright.sync_api import Locator

# the browser mixes the colours: those of themes may be transparent or of other spaces
PAINTED = """element => {
  const layers = [];
  for (let e = element; e; e = e.parentElement ?? e.getRootNode().host)
    layers.unshift(getComputedStyle(e).backgroundColor);
  const paint = (colours) => {
    const context = new OffscreenCanvas(1, 1).getContext("2d");
    for (const colour of ["white", ...colours]) {
      context.fillStyle = colour;
      context.fillRect(0, 0, 1, 1);
    }
    return [...context.getImageData(0, 0, 1, 1).data].slice(0, 3);
  };
  return [paint([...layers, getComputedStyle(element).color]), paint(layers)];
}"""


def contrast(text: Locator) -> float:
    """The contrast of a text to what is behind it, 1 to 21; 4.5 is enough to read it."""
    light, dark = sorted((luminance(colour) for colour in text.evaluate(PAINTED)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: list[float]) -> float:
    """The relative luminance of an sRGB colour, 0 to 1."""
    linear = [
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4
        for c in (part / 255 for part in colour)
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
