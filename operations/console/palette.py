"""Colours that those who see few can tell apart (Okabe and Ito), on light ground and on dark."""

BLUE = "#0072B2"
SKY = "#56B4E9"
GREEN = "#009E73"
ORANGE = "#E69F00"
VERMILION = "#D55E00"
PURPLE = "#CC79A7"
GREY = "#8C8C8C"

# Colour and shape of points.
SEVERITIES = {
    "CRITICAL": (VERMILION, "diamond"),
    "HIGH": (ORANGE, "triangle-up"),
    "MEDIUM": (SKY, "circle"),
}
# From little to much, of one hue to the next: readable without red and green.
SCALE = [[0.0, VERMILION], [0.5, ORANGE], [0.85, SKY], [1.0, BLUE]]
IN_ORDER = (BLUE, ORANGE, GREEN, PURPLE, SKY, VERMILION)
