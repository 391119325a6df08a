"""Photos as people send them, made fit to be kept: decoded, turned upright, without a word of what the camera wrote.

A phone writes into a photo where and when it was taken. What is kept is drawn anew from the pixels alone, so that
nothing but the picture is left, whatever else the file was.
"""

import re
import struct
import threading
from io import BytesIO

from PIL import ExifTags, Image, ImageCms, ImageFile, UnidentifiedImageError

from domain.base import Value

FORMATS = ("JPEG", "PNG", "WEBP")
"""What is decoded. Every other decoder stays shut: each is code that a stranger's bytes would run through."""
MEDIA_TYPE = "image/jpeg"
"""What is kept, whatever came."""
BYTES = 25_000_000
"""The most that is read."""
PIXELS = {"JPEG": 64_000_000, "MPO": 64_000_000, "PNG": 24_000_000, "WEBP": 24_000_000}
"""The most that is decoded: a small file may claim a thousand times what it holds.

A JPEG, which is what cameras yield, is decoded at a fraction of its size. The others are decoded whole and come from
screens; a MPO is a JPEG with a second picture behind it.
"""
SCANS = 64
"""Passes over the whole picture in one JPEG: cameras and programs make ten, and thousands cost minutes of CPU."""
MARKER = re.compile(rb"\xff+([^\x00\xd0-\xd7\xff])")
"""What ends a pass: anything but a stuffed byte or a restart."""
END, PASS = b"\xd9", b"\xda"
LONGEST = 2560
"""The longest side of what is kept: no screen shows more of a lesion."""
QUALITY = 88

BEGINNINGS = ((0, b"GIF8"), (0, b"BM"), (0, b"II*\0"), (0, b"MM\0*"), (0, b"%PDF-"), (4, b"ftyp"), (4, b"jP  "))
"""Where and how files begin that hold pictures and are no photos to us; HEIC and AVIF are ``ftyp``."""

TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""What puts a picture upright, by the camera's word of how it was held (EXIF orientation; 1 is upright)."""

BROKEN = (
    OSError,
    SyntaxError,
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
    ArithmeticError,
    EOFError,
    struct.error,
)
"""How Pillow says that a file is cut short or broken inside: its readers trip over whatever they meet first."""


WHOLE = threading.Lock()
"""Held while a photo is decoded: whether a file cut short will do is a switch of the whole process."""


class UnreadablePhoto(Exception):
    """What came is no photo to keep. ``code``: ``not_an_image``, ``too_large`` or ``unsupported``."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class CleanPhoto(Value):
    """A photo as it is kept."""

    data: bytes
    media_type: str
    width: int
    height: int


def clean_photo(data: bytes) -> CleanPhoto:
    """Draw a photo anew: upright, no larger than is looked at, without metadata; of several frames the first.

    The largest take a second of CPU and 400 MB: call it in a thread, and few at a time.

    Raises:
        UnreadablePhoto: It is none, it is too large, or it is of a kind that is not taken.
    """
    if len(data) > BYTES:
        raise UnreadablePhoto("too_large")
    try:
        with Image.open(BytesIO(data), formats=FORMATS) as image:
            # The header's word, before anything is decoded.
            if image.width * image.height > PIXELS[image.format or ""]:
                raise UnreadablePhoto("too_large")
            if image.format in ("JPEG", "MPO") and _passes(data) > SCANS:
                raise UnreadablePhoto("too_large")
            drawn = _drawn(image)
    except Image.DecompressionBombError:
        raise UnreadablePhoto("too_large") from None
    except UnidentifiedImageError:
        raise UnreadablePhoto("unsupported" if _known_beginning(data) else "not_an_image") from None
    except BROKEN:
        raise UnreadablePhoto("not_an_image") from None
    kept = BytesIO()
    drawn.save(kept, "JPEG", quality=QUALITY)
    return CleanPhoto(data=kept.getvalue(), media_type=MEDIA_TYPE, width=drawn.width, height=drawn.height)


def _passes(data: bytes) -> int:
    """How many times a JPEG goes over its picture; what stands behind its end (a film, a second one) does not count."""
    found, at = 0, 2
    while (marker := MARKER.search(data, at)) is not None and marker[1] != END:
        found += marker[1] == PASS
        at = marker.end()
        # Each of these begins with its own length, and what is inside may look like anything.
        at += int.from_bytes(data[at : at + 2], "big")
    return found


def _drawn(image: Image.Image) -> Image.Image:
    """A new picture of the pixels: an image read from a file brings its comments along wherever it is saved."""
    image.draft("RGB", (LONGEST, LONGEST))  # a large JPEG is decoded at half its size or less
    with WHOLE:
        # WeasyPrint, once imported, has every picture of the process read as far as it goes: half a skin is no photo.
        loose, ImageFile.LOAD_TRUNCATED_IMAGES = ImageFile.LOAD_TRUNCATED_IMAGES, False
        try:
            image.load()
        finally:
            ImageFile.LOAD_TRUNCATED_IMAGES = loose
    # Made small first: every further copy of the whole would be a quarter of a gigabyte.
    small = _resizable(image)
    small.thumbnail((LONGEST, LONGEST), Image.Resampling.LANCZOS)
    upright = _upright(_flat(small, image.info.get("icc_profile")), image)
    new = Image.new("RGB", upright.size)
    new.paste(upright)
    return new


def _resizable(image: Image.Image) -> Image.Image:
    """The same in a mode whose pixels can be blended."""
    if image.mode == "I;16":
        return image.point(lambda value: value / 256, "L")  # 16 bits of grey: an X-ray
    if image.mode != "RGBA" and image.has_transparency_data:
        return image.convert("RGBA")
    return image.convert("RGB") if image.mode in ("1", "P") else image


def _flat(image: Image.Image, profile: bytes | None) -> Image.Image:
    """Its colours as every screen means them (sRGB), on white where it is transparent."""
    if image.mode == "RGBA":
        white = Image.new("RGBA", image.size, "white")
        white.alpha_composite(image)
        image = white.convert("RGB")
    if profile:
        try:
            own = ImageCms.ImageCmsProfile(BytesIO(profile))
            true = ImageCms.profileToProfile(image, own, ImageCms.createProfile("sRGB"), outputMode="RGB")
        except (ImageCms.PyCMSError, *BROKEN):
            return image.convert("RGB")  # a broken profile says nothing of the picture
        if true is not None:
            return true
    return image.convert("RGB")


def _upright(flat: Image.Image, image: Image.Image) -> Image.Image:
    try:
        turn = image.getexif().get(ExifTags.Base.Orientation)
    except BROKEN:
        return flat  # broken metadata is no reason to refuse a picture
    return flat.transpose(TURNS[turn]) if turn in TURNS else flat


def _known_beginning(data: bytes) -> bool:
    return any(data[at:].startswith(word) for at, word in BEGINNINGS)
