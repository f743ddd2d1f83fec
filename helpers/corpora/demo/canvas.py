"""A picture with a head in it: painting in the head's own units."""

from dataclasses import dataclass, replace

import numpy as np

from helpers.corpora.demo.geometry import Pose, on_head
from helpers.corpora.demo.paint import ellipse, paint, ribbon


@dataclass(frozen=True)
class Canvas:
    """A picture (see ``paint``) and the pose of the head in it.

    Outlines and places are in pixels; widths, radii and softness in face units.
    """

    image: np.ndarray
    pose: Pose

    def part(self, left: float, top: float, right: float, bottom: float) -> "Canvas":
        """Return the part of the picture around the head, edges in face units from its middle."""
        x, y = self.pose.centre
        x0, x1, y0, y1 = (
            max(int(middle + self.pose.scale * edge), 0)
            for middle, edge in ((x, left), (x, right), (y, top), (y, bottom))
        )
        return Canvas(self.image[:, y0:y1, x0:x1], replace(self.pose, centre=(x - x0, y - y0)))

    def place(self, points: np.ndarray, lift: float = 0.0) -> np.ndarray:
        """Return points (n, 2) on the face, or (n, 3) anywhere, in pixels (n, 2)."""
        points = np.asarray(points, dtype=float)
        return self.pose.project(on_head(points, lift) if points.shape[1] == 2 else points)

    def place_all(self, curves: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
        """Return curves (n, 2) on the face in pixels, all at once because each is short."""
        ends = np.cumsum([len(curve) for curve in curves.values()])
        places = self.place(np.concatenate(list(curves.values())))
        return dict(zip(curves, np.split(places, ends[:-1]), strict=True))

    def fill(
        self,
        outline: np.ndarray | list[np.ndarray],
        colour: np.ndarray,
        opacity: float = 1.0,
        softness: float = 0.0,
        inside: np.ndarray | None = None,
    ) -> None:
        """Paint a polygon."""
        paint(self.image, outline, colour, opacity, softness * self.pose.scale, inside)

    def stroke(
        self,
        line: np.ndarray,
        width: np.ndarray | float,
        colour: np.ndarray,
        opacity: float = 1.0,
        softness: float = 0.0,
    ) -> None:
        """Paint a line; one number for ``width`` gives a stroke that tapers at both ends."""
        self.fill(ribbon(line, width * self.pose.scale), colour, opacity, softness)

    def spot(
        self,
        middle: np.ndarray,
        radii: tuple[float, float],
        colour: np.ndarray,
        opacity: float = 1.0,
        softness: float = 0.0,
        inside: np.ndarray | None = None,
    ) -> None:
        """Paint an ellipse around a place in pixels."""
        outline = ellipse(middle, np.asarray(radii) * self.pose.scale, 24)
        self.fill(outline, colour, opacity, softness, inside)
