"""Pictures of a garden pond from above, drawn by the program itself, with exact boxes: the demo project's images.

Everything follows from the seed. Shapes are drawn three times too large and scaled down, which smooths their edges.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageChops, ImageDraw, ImageFilter

from annotator.core.geometry.types import Box
from annotator.core.records import AnnotationRecord, LabelRecord

WIDTH, HEIGHT, SCALE = 640, 480, 3
LABELS = (
    LabelRecord("koi", "#ef996c"),
    LabelRecord("lily pad", "#65a607"),
    LabelRecord("turtle", "#64c9fd"),
)
Point = tuple[float, float]
Colour = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Scene:
    """One drawn picture and the exact boxes of what is on it."""

    picture: Image.Image
    annotations: tuple[AnnotationRecord, ...]


@dataclass(frozen=True, slots=True)
class _Pose:
    """Where a thing lies (full-scale pixels), how large it is and which way it looks (radians)."""

    x: float
    y: float
    size: float
    angle: float

    def place(self, points: list[Point]) -> list[Point]:
        """Turn and shift points given in units of the size."""
        sine, cosine = math.sin(self.angle), math.cos(self.angle)
        return [
            (
                (self.x + self.size * (u * cosine - v * sine)) * SCALE,
                (self.y + self.size * (u * sine + v * cosine)) * SCALE,
            )
            for u, v in points
        ]


def _ellipse(
    cx: float, cy: float, rx: float, ry: float, *, begin: float = 0.0, end: float = 2 * math.pi
) -> list[Point]:
    angles = np.linspace(begin, end, 48)
    return [(cx + rx * math.cos(a), cy + ry * math.sin(a)) for a in angles]


def _shade(colour: Colour, factor: float) -> Colour:
    red, green, blue = (max(0, min(255, round(channel * factor))) for channel in colour)
    return red, green, blue


def _water(rng: np.random.Generator) -> Image.Image:
    """Deep green-blue water with soft light on it."""
    hue = rng.uniform(-14, 14)
    base = np.array([28 + hue * 0.4, 86 + hue, 98 - hue * 0.6])
    small = rng.random((9, 12))
    soft = (
        np.asarray(Image.fromarray((small * 255).astype(np.uint8)).resize((WIDTH, HEIGHT), Image.Resampling.BICUBIC))
        / 255
    )
    ys, xs = np.mgrid[0:HEIGHT, 0:WIDTH]
    wave = np.sin(xs / rng.uniform(17, 26) + 5 * soft) * np.sin(ys / rng.uniform(13, 21) - 4 * soft)
    caustics = np.clip(wave, 0.55, 1) - 0.55
    vignette = 1.06 - 0.38 * (((xs / WIDTH - 0.5) ** 2 + (ys / HEIGHT - 0.5) ** 2) * 2)
    light = (0.78 + 0.42 * soft + 0.5 * caustics) * vignette
    grain = rng.normal(0, 1.6, (HEIGHT, WIDTH, 1))
    return Image.fromarray(np.clip(base * light[..., None] + grain, 0, 255).astype(np.uint8))


def _koi(draw: ImageDraw.ImageDraw, pose: _Pose, rng: np.random.Generator) -> list[Point]:
    """A fish: body, tail, fins, patches. Returns its outline for the box."""
    body_colour: Colour = [(238, 120, 52), (245, 236, 222), (232, 176, 60)][int(rng.integers(3))]
    patch: Colour = (214, 70, 36) if body_colour[2] > 100 else (250, 240, 228)
    bend = rng.uniform(-0.22, 0.22)
    spine = np.linspace(-1, 0.72, 26)
    half = 0.27 * np.sin(np.clip((spine + 1) / 1.72, 0, 1) ** 0.75 * math.pi) ** 0.85 + 0.02
    curve = bend * (spine - 0.1) ** 2
    upper = [(float(-u), float(c - h)) for u, c, h in zip(spine, curve, half, strict=True)]
    lower = [(float(-u), float(c + h)) for u, c, h in zip(spine, curve, half, strict=True)]
    root = float(curve[-1])
    tail = [(-0.66, root), (-1.15, root - 0.3), (-1.0, root), (-1.15, root + 0.3)]
    fins = [[(0.35, s * 0.2), (0.05, s * 0.55), (-0.05, s * 0.2)] for s in (-1, 1)]
    body = upper + lower[::-1]
    for fin in [tail, *fins]:
        draw.polygon(pose.place(fin), fill=_shade(body_colour, 0.86))
    draw.polygon(pose.place(body), fill=body_colour)
    for _ in range(int(rng.integers(1, 4))):
        at = float(rng.uniform(-0.35, 0.55))
        draw.polygon(pose.place(_ellipse(at, bend * at * at, float(rng.uniform(0.1, 0.2)), 0.13)), fill=patch)
    for side in (-1, 1):
        draw.polygon(pose.place(_ellipse(0.8, bend * 0.6 + side * 0.11, 0.035, 0.035)), fill=(24, 24, 30))
    return pose.place(body + tail + fins[0] + fins[1])


def _lily_pad(draw: ImageDraw.ImageDraw, pose: _Pose, rng: np.random.Generator) -> list[Point]:
    """A round leaf with a notch and veins, now and then with a flower."""
    green: Colour = (int(rng.integers(62, 96)), int(rng.integers(132, 168)), int(rng.integers(52, 80)))
    notch = 0.2
    leaf = [(0.0, 0.0), *_ellipse(0, 0, 1, 0.96, begin=notch, end=2 * math.pi - notch)]
    draw.polygon(pose.place(leaf), fill=green)
    inner = [(u * 0.93, v * 0.93) for u, v in leaf]
    draw.polygon(pose.place(inner), fill=_shade(green, 1.1))
    for angle in np.linspace(0.5, 2 * math.pi - 0.5, 9):
        tip = (0.86 * math.cos(angle), 0.83 * math.sin(angle))
        draw.line(pose.place([(0.0, 0.0), tip]), fill=_shade(green, 0.92), width=SCALE)
    if rng.random() < 0.3:
        for angle in np.linspace(0, 2 * math.pi, 9)[:-1]:
            centre = (0.24 * math.cos(angle), 0.24 * math.sin(angle))
            draw.polygon(pose.place(_ellipse(*centre, 0.16, 0.16)), fill=(246, 206, 222))
        draw.polygon(pose.place(_ellipse(0, 0, 0.12, 0.12)), fill=(250, 214, 92))
    return pose.place(leaf)


def _turtle(draw: ImageDraw.ImageDraw, pose: _Pose, rng: np.random.Generator) -> list[Point]:
    """A turtle: shell with plates, head, four legs."""
    skin: Colour = (118, 132, 70)
    shell: Colour = (int(rng.integers(86, 118)), int(rng.integers(66, 84)), 44)
    paddle = float(rng.uniform(-0.12, 0.12))
    head = _ellipse(0.98, 0, 0.24, 0.18)
    legs = [_ellipse(u, s * 0.72 + paddle * u, 0.27, 0.15) for u in (0.52, -0.55) for s in (-1, 1)]
    for part in [head, *legs]:
        draw.polygon(pose.place(part), fill=skin)
    body = _ellipse(0, 0, 0.86, 0.7)
    draw.polygon(pose.place(body), fill=shell)
    draw.polygon(pose.place(_ellipse(0, 0, 0.76, 0.6)), fill=_shade(shell, 1.18))
    for u in (-0.42, 0.0, 0.42):
        hexagon = [(u + 0.19 * math.cos(a), 0.2 * math.sin(a)) for a in np.linspace(0, 2 * math.pi, 7)]
        draw.polygon(pose.place(hexagon), fill=_shade(shell, 1.42))
        for side in (-1, 1):
            draw.polygon(pose.place(_ellipse(u * 0.85, side * 0.4, 0.13, 0.1)), fill=_shade(shell, 1.32))
    for side in (-1, 1):
        draw.polygon(pose.place(_ellipse(1.08, side * 0.09, 0.03, 0.03)), fill=(20, 20, 22))
    return pose.place([*body, *head, *(point for leg in legs for point in leg)])


_Drawer = Callable[[ImageDraw.ImageDraw, _Pose, np.random.Generator], list[Point]]
_KINDS: tuple[tuple[str, _Drawer, tuple[float, float], float], ...] = (
    ("lily pad", _lily_pad, (26, 54), 0.42),
    ("koi", _koi, (34, 62), 0.40),
    ("turtle", _turtle, (28, 44), 0.18),
)


def _free(pose: _Pose, taken: list[_Pose]) -> bool:
    return all(math.hypot(pose.x - other.x, pose.y - other.y) > 0.95 * (pose.size + other.size) for other in taken)


def draw_scene(rng: np.random.Generator) -> Scene:
    """Draw one pond of 640 × 480 pixels with two to nine things on it."""
    water = _water(rng)
    things = Image.new("RGBA", (WIDTH * SCALE, HEIGHT * SCALE))
    draw = ImageDraw.Draw(things)
    taken: list[_Pose] = []
    annotations: list[AnnotationRecord] = []
    weights = [weight for *_, weight in _KINDS]
    for _ in range(int(rng.integers(2, 10))):
        label, drawer, (least, most), _weight = _KINDS[int(rng.choice(len(_KINDS), p=weights))]
        size = float(rng.uniform(least, most))
        margin = size * 1.2
        for _attempt in range(20):
            pose = _Pose(
                float(rng.uniform(margin, WIDTH - margin)),
                float(rng.uniform(margin, HEIGHT - margin)),
                size,
                float(rng.uniform(0, 2 * math.pi)),
            )
            if _free(pose, taken):
                taken.append(pose)
                annotations.append(AnnotationRecord(label, _bounds(drawer(draw, pose, rng))))
                break
    return Scene(_compose(water, things), tuple(annotations))


def _bounds(outline: list[Point]) -> Box:
    xs, ys = zip(*outline, strict=True)
    left, top = max(0.0, min(xs) / SCALE), max(0.0, min(ys) / SCALE)
    right, bottom = min(float(WIDTH), max(xs) / SCALE), min(float(HEIGHT), max(ys) / SCALE)
    return Box(round(left, 2), round(top, 2), round(right - left, 2), round(bottom - top, 2))


def _compose(water: Image.Image, things: Image.Image) -> Image.Image:
    """Lay the things on the water, above a soft shadow."""
    small = things.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS)
    shadow = (
        ImageChops.offset(small.getchannel("A"), 5, 7).filter(ImageFilter.GaussianBlur(6)).point(lambda a: a * 0.45)
    )
    picture = water.copy()
    picture.paste((6, 26, 34), mask=shadow)
    picture.paste(small, mask=small.getchannel("A"))
    return picture.filter(ImageFilter.UnsharpMask(1, 40, 2))
