"""Made-up photos of a made-up rash: a real JPEG, as a phone would send it, with a place and a device in its EXIF."""

from io import BytesIO

from PIL import Image, ImageDraw, ImageFilter

SIZE = (960, 720)
MAKER_TAG, PLACE_TAG = 0x010F, 0x8825
"""EXIF: the device's maker, and where the photo was taken. Nobody may read them later."""
MAKER = "Phone of a patient"


def skin(number: int) -> bytes:
    """One of several photos of one elbow."""
    image = Image.new("RGB", SIZE, (224, 186, 160))
    draw = ImageDraw.Draw(image)
    for n in range(5):
        x, y, size = 140 + n * 150, 180 + (n * number * 97) % 300, 60 + n * 14
        draw.ellipse((x, y, x + size, y + size), fill=(196, 92, 84))
        draw.ellipse((x + 12, y + 10, x + size - 24, y + size - 26), fill=(222, 210, 202))
    image = image.filter(ImageFilter.GaussianBlur(4))
    exif = Image.Exif()
    exif[MAKER_TAG] = MAKER
    exif[PLACE_TAG] = {1: "N", 2: (55.0, 45.0, 0.0), 3: "E", 4: (37.0, 38.0, 0.0)}
    out = BytesIO()
    image.save(out, "JPEG", quality=85, exif=exif)
    return out.getvalue()
