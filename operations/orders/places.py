"""The cities that are served: where they lie, how large they are, which cloud region is near."""

from typing import NamedTuple


class City(NamedTuple):
    """`weight` is relative to the others; `utc_offset` is the winter hour, all year."""

    name: str
    latitude: float
    longitude: float
    utc_offset: int
    region: str
    weight: float


CITIES = (
    City("Lisbon", 38.7223, -9.1393, 0, "eu-south-2", 2.9),
    City("Madrid", 40.4168, -3.7038, 1, "eu-south-2", 6.7),
    City("Barcelona", 41.3874, 2.1686, 1, "eu-south-2", 5.7),
    City("Paris", 48.8566, 2.3522, 1, "eu-west-3", 11.2),
    City("London", 51.5074, -0.1278, 0, "eu-west-2", 9.8),
    City("Dublin", 53.3498, -6.2603, 0, "eu-west-1", 1.3),
    City("Amsterdam", 52.3676, 4.9041, 1, "eu-central-1", 2.5),
    City("Berlin", 52.5200, 13.4050, 1, "eu-central-1", 3.8),
    City("Vienna", 48.2082, 16.3738, 1, "eu-central-1", 2.0),
    City("Rome", 41.9028, 12.4964, 1, "eu-south-1", 4.3),
    City("Stockholm", 59.3293, 18.0686, 1, "eu-north-1", 1.7),
    City("Warsaw", 52.2297, 21.0122, 1, "eu-central-1", 3.1),
    City("Athens", 37.9838, 23.7275, 2, "eu-south-1", 3.2),
)
