"""How colours look to people who lack one kind of cone, and how far apart two colours then are.

Machado, Oliveira and Fernandes (2009), A physiologically-based model for simulation of color vision deficiency: the
matrices of full severity, for linear RGB. Distances are those of CIE 1976 L*a*b* (2.3 is just noticeable).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

VISION: dict[str, Floats] = {
    "common": np.eye(3),
    "no long cones": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "no medium cones": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
    "no short cones": np.array(
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]
    ),
}
_XYZ = np.array([[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.072175], [0.0193339, 0.119192, 0.9503041]])


def distance(one: str, other: str, *, vision: str) -> float:
    return float(np.linalg.norm(_lab(one, VISION[vision]) - _lab(other, VISION[vision])))


def _lab(colour: str, vision: Floats) -> Floats:
    parts = np.array([int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)])
    linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    white = _XYZ @ np.ones(3)
    ratio = (_XYZ @ np.clip(vision @ linear, 0, 1)) / white
    bent = np.where(ratio > (6 / 29) ** 3, np.cbrt(ratio), ratio / (3 * (6 / 29) ** 2) + 4 / 29)
    return np.array([116 * bent[1] - 16, 500 * (bent[0] - bent[1]), 200 * (bent[1] - bent[2])])
