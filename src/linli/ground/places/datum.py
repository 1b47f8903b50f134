"""Between WGS-84 and GCJ-02, the offset grid of maps published in China. Pure.

The offset is the widely published polynomial with the ellipsoid of Krasovsky 1940; nothing official exists. Its inverse has no closed
form and is found by iteration. Outside China the two are the same.
"""

from __future__ import annotations

from math import cos, pi, radians, sin, sqrt

from linli.ground.places.core import UDEG, Datum, Point

SEMI_MAJOR_METRES = 6_378_245.0
ECCENTRICITY_SQUARED = 0.00669342162296594323
ROUNDS_MAX = 12


def _outside(lat: float, lon: float) -> bool:
    return not (0.8293 <= lat <= 55.8271 and 72.004 <= lon <= 137.8347)


def _waves(lat: float, lon: float) -> tuple[float, float]:
    """Return the offset in metres north and east at degrees relative to 35° N, 105° E."""
    common = 20 * sin(6 * lon * pi) + 20 * sin(2 * lon * pi)
    north = common + 20 * sin(lat * pi) + 40 * sin(lat / 3 * pi) + 160 * sin(lat / 12 * pi) + 320 * sin(lat / 30 * pi)
    east = common + 20 * sin(lon * pi) + 40 * sin(lon / 3 * pi) + 150 * sin(lon / 12 * pi) + 300 * sin(lon / 30 * pi)
    root = sqrt(abs(lon))
    return (
        north * 2 / 3 - 100 + 2 * lon + 3 * lat + 0.2 * lat * lat + 0.1 * lon * lat + 0.2 * root,
        east * 2 / 3 + 300 + lon + 2 * lat + 0.1 * lon * lon + 0.1 * lon * lat + 0.1 * root,
    )


def _offset(lat: float, lon: float) -> tuple[float, float]:
    """Return what GCJ-02 adds to WGS-84 here, in degrees."""
    north, east = _waves(lat - 35, lon - 105)
    curve = 1 - ECCENTRICITY_SQUARED * sin(radians(lat)) ** 2
    meridian = SEMI_MAJOR_METRES * (1 - ECCENTRICITY_SQUARED) / (curve * sqrt(curve))
    parallel = SEMI_MAJOR_METRES / sqrt(curve) * cos(radians(lat))
    return north * 180 / (meridian * pi), east * 180 / (parallel * pi)


def to_gcj02(point: Point) -> Point:
    """Return `point` on the grid of Chinese maps; what is on it already comes back unchanged."""
    lat, lon = point.lat_udeg / UDEG, point.lon_udeg / UDEG
    if point.datum is Datum.GCJ02 or _outside(lat, lon):
        return Point(point.lat_udeg, point.lon_udeg, Datum.GCJ02)
    north, east = _offset(lat, lon)
    return Point(round((lat + north) * UDEG), round((lon + east) * UDEG), Datum.GCJ02)


def to_wgs84(point: Point) -> Point:
    """Return `point` on WGS-84, to a microdegree or two (0.2 m); what is on it already comes back unchanged."""
    lat, lon = point.lat_udeg / UDEG, point.lon_udeg / UDEG
    if point.datum is Datum.WGS84 or _outside(lat, lon):
        return Point(point.lat_udeg, point.lon_udeg)
    near_lat, near_lon = lat, lon
    for _ in range(ROUNDS_MAX):
        north, east = _offset(near_lat, near_lon)
        moved = max(abs(lat - north - near_lat), abs(lon - east - near_lon))
        near_lat, near_lon = lat - north, lon - east
        if moved < 1e-8:
            break
    return Point(round(near_lat * UDEG), round(near_lon * UDEG))
