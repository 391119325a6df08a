"""Photos are kept as pixels alone: upright, bounded, and never a word of where they were taken."""

import io
import random
import struct
import zlib

import pytest
from PIL import ExifTags, Image, ImageCms, ImageDraw, PngImagePlugin

from documents import photos
from documents.photos import LONGEST, UnreadablePhoto, clean_photo

PLACE = "Чистопрудный"
MAKER = "Phone of the Patient"
BACK = {
    Image.Transpose.ROTATE_90: Image.Transpose.ROTATE_270,
    Image.Transpose.ROTATE_270: Image.Transpose.ROTATE_90,
}
"""The turns that are not their own way back."""


def camera(orientation: int = 1) -> Image.Exif:
    """What a phone writes: how it was held, what it is, and where it was."""
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation
    exif[ExifTags.Base.Make] = MAKER
    gps = exif.get_ifd(ExifTags.IFD.GPSInfo)
    gps[ExifTags.GPS.GPSLatitudeRef] = "N"
    gps[ExifTags.GPS.GPSLatitude] = (55.0, 45.0, 55.0)
    return exif


def picture(width: int = 400, height: int = 300) -> Image.Image:
    """Red above left, blue elsewhere: which way up it is can be seen."""
    image = Image.new("RGB", (width, height), "blue")
    ImageDraw.Draw(image).rectangle((0, 0, width // 2 - 1, height // 2 - 1), fill="red")
    return image


def saved(image: Image.Image, kind: str, **how: object) -> bytes:
    kept = io.BytesIO()
    image.save(kept, kind, **how)
    return kept.getvalue()


def seen(photo: photos.CleanPhoto) -> Image.Image:
    image = Image.open(io.BytesIO(photo.data))
    assert (image.format, image.mode, image.size) == ("JPEG", "RGB", (photo.width, photo.height))
    assert photo.media_type == "image/jpeg"
    return image


def near(pixel: object, colour: tuple[int, int, int]) -> bool:
    assert isinstance(pixel, tuple)
    return all(abs(one - other) < 24 for one, other in zip(pixel, colour, strict=True))


@pytest.mark.parametrize(
    "sent",
    [
        saved(picture(), "JPEG", exif=camera(), comment=PLACE.encode(), xmp=b"<x:xmpmeta>" + PLACE.encode()),
        saved(picture(), "WEBP", exif=camera(), xmp=PLACE.encode(), quality=90),
        saved(picture(), "MPO", save_all=True, append_images=[picture()], exif=camera()),
    ],
    ids=["jpeg", "webp", "two pictures in a jpeg"],
)
def test_what_the_camera_wrote_is_gone(sent: bytes) -> None:
    assert MAKER.encode() in sent
    photo = clean_photo(sent)
    image = seen(photo)
    assert dict(image.getexif()) == {}
    assert not {"exif", "xmp", "comment", "icc_profile"} & image.info.keys()
    for word in (MAKER.encode(), PLACE.encode(), b"Exif", b"xmpmeta"):
        assert word not in photo.data


def test_words_and_a_place_inside_a_png_are_gone() -> None:
    words = PngImagePlugin.PngInfo()
    words.add_itxt("Description", PLACE)
    words.add_text("GPS", "55.765 37.638")
    sent = saved(picture(), "PNG", pnginfo=words, exif=camera())
    photo = clean_photo(sent)
    seen(photo)
    assert b"55.765" in sent
    assert b"55.765" not in photo.data
    assert PLACE.encode() not in photo.data


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_photo_stands_upright_however_the_phone_was_held(orientation: int, kind: str) -> None:
    upright = picture()
    held = photos.TURNS.get(orientation)
    back = {
        Image.Transpose.ROTATE_90: Image.Transpose.ROTATE_270,
        Image.Transpose.ROTATE_270: Image.Transpose.ROTATE_90,
    }
    lying = upright if held is None else upright.transpose(back.get(held, held))
    photo = clean_photo(saved(lying, kind, exif=camera(orientation), quality=95))
    image = seen(photo)
    assert image.size == (400, 300)
    assert near(image.getpixel((60, 60)), (255, 0, 0))
    for elsewhere in ((340, 60), (60, 240), (340, 240)):
        assert near(image.getpixel(elsewhere), (0, 0, 255))


@pytest.mark.parametrize(
    ("size", "kept"),
    [((5120, 2560), (2560, 1280)), ((1280, 5120), (640, 2560)), ((2561, 10), (2560, 10)), ((7, 5), (7, 5))],
)
@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_the_longest_side_is_bounded_and_nothing_is_blown_up(
    size: tuple[int, int], kept: tuple[int, int], kind: str
) -> None:
    photo = clean_photo(saved(picture(*size), kind))
    assert (photo.width, photo.height) == kept == seen(photo).size
    assert max(kept) <= LONGEST


def test_of_several_frames_the_first_is_kept() -> None:
    frames = [Image.new("RGB", (50, 40), colour) for colour in ("red", "lime", "blue")]
    for kind in ("WEBP", "PNG"):
        sent = saved(frames[0], kind, save_all=True, append_images=frames[1:], duration=100)
        assert near(seen(clean_photo(sent)).getpixel((25, 20)), (255, 0, 0)), kind


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "I;16"])
def test_every_way_to_write_colours_is_read(mode: str) -> None:
    image = Image.new("L", (60, 60), 0)
    image.paste(255, (0, 0, 60, 30))
    if mode == "I;16":
        deep = Image.new("I;16", image.size)
        deep.putdata([value * 257 for value in image.tobytes()])
        sent = saved(deep, "PNG")
    else:
        sent = saved(image.convert(mode), "PNG")
    kept = seen(clean_photo(sent))
    assert near(kept.getpixel((30, 5)), (255, 255, 255))
    assert near(kept.getpixel((30, 55)), (0, 0, 0))


def test_what_is_transparent_is_white_and_print_colours_are_read() -> None:
    clear = Image.new("RGBA", (40, 40), (255, 0, 0, 0))
    assert near(seen(clean_photo(saved(clear, "PNG"))).getpixel((20, 20)), (255, 255, 255))
    assert near(seen(clean_photo(saved(Image.new("CMYK", (40, 40), 0), "JPEG"))).getpixel((20, 20)), (255, 255, 255))


def test_colours_of_another_space_are_drawn_as_every_screen_means_them() -> None:
    """Skin must not turn pale because a profile was thrown away with the rest."""
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    swapped = srgb.replace(b"rXYZ", b"-XYZ").replace(b"bXYZ", b"rXYZ").replace(b"-XYZ", b"bXYZ")
    for profile, meant in ((srgb, (255, 0, 0)), (swapped, (0, 0, 255))):
        sent = saved(Image.new("RGB", (40, 40), "red"), "PNG", icc_profile=profile)
        assert near(seen(clean_photo(sent)).getpixel((20, 20)), meant)


@pytest.mark.parametrize("profile", [ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes(), b"no profile"])
def test_a_profile_that_does_not_fit_costs_nobody_his_photo(profile: bytes) -> None:
    sent = saved(Image.new("RGB", (40, 40), "red"), "PNG", icc_profile=profile)
    assert near(seen(clean_photo(sent)).getpixel((20, 20)), (255, 0, 0))


def claims(width: int, height: int) -> bytes:
    """A PNG of a few bytes that says to be of a size."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"\0" * 4096))
        + chunk(b"IEND", b"")
    )


def passes(times: int) -> bytes:
    """A progressive JPEG whose last pass comes so many times more: small, and slow without end."""
    sent = saved(picture(), "JPEG", progressive=True)
    last = sent.rindex(b"\xff\xda")
    return sent[:last] + sent[last:-2] * times + sent[last:]


def enlarged(width: int, height: int) -> bytes:
    """A JPEG whose header says to be of a size."""
    sent = saved(picture(), "JPEG")
    at = sent.index(b"\xff\xc0") + 5
    return sent[:at] + struct.pack(">HH", height, width) + sent[at + 4 :]


@pytest.mark.parametrize(
    "sent",
    [
        *(claims(side, side) for side in (4900, 12_000, 30_000, 2**31 - 1)),
        *(enlarged(side, side) for side in (8001, 65_500)),
        passes(2000),
    ],
    ids=lambda sent: str(len(sent)),
)
def test_a_bomb_is_too_large_before_it_is_opened(sent: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: object) -> None:
        raise AssertionError("it was decoded")

    monkeypatch.setattr(photos, "_drawn", never)
    with pytest.raises(UnreadablePhoto, match="too_large"):
        clean_photo(sent)


@pytest.mark.parametrize("progressive", [False, True])
def test_a_film_behind_a_photo_is_no_bomb(progressive: bool) -> None:
    """Phones hang a film behind a photo, and what it is made of looks like anything."""
    sent = saved(picture(), "JPEG", progressive=progressive, exif=camera(6))
    photo = clean_photo(sent + b"\xff\xda\0\x02ftyp" * 5000)
    assert b"ftyp" not in photo.data
    assert (photo.width, photo.height) == (300, 400)


def test_a_file_beyond_what_is_read_is_too_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(photos, "BYTES", 1000)
    with pytest.raises(UnreadablePhoto, match="too_large"):
        clean_photo(b"\xff\xd8" + b"\0" * 1000)


@pytest.mark.parametrize(
    "sent",
    [
        b"\0\0\0\x18ftypheic\0\0\0\0mif1heic",
        b"\0\0\0\x1cftypavif\0\0\0\0avifmif1",
        saved(picture(), "GIF"),
        saved(picture(), "BMP"),
        saved(picture(), "TIFF"),
        b"%PDF-1.7\n",
    ],
    ids=["heic", "avif", "gif", "bmp", "tiff", "pdf"],
)
def test_pictures_of_another_kind_are_unsupported(sent: bytes) -> None:
    with pytest.raises(UnreadablePhoto) as said:
        clean_photo(sent)
    assert said.value.code == "unsupported"


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"\xff\xd8\xff",
        b"no picture",
        b"<html><script>",
        b"\x89PNG\r\n\x1a\n",
        saved(picture(), "JPEG")[:900],
        claims(50, 5000),
    ],
    ids=["nothing", "three bytes", "words", "a page", "a beginning", "half a photo", "no pixels behind its header"],
)
def test_what_cannot_be_decoded_is_no_image_and_its_error_quotes_nothing(sent: bytes) -> None:
    with pytest.raises(UnreadablePhoto) as said:
        clean_photo(sent)
    assert str(said.value) == said.value.code == "not_an_image"
    assert said.value.__cause__ is None


def noisy(data: bytes, dice: random.Random) -> bytes:
    changed = bytearray(data)
    for _ in range(dice.randint(1, 12)):
        changed[dice.randrange(min(len(changed), 700))] = dice.randrange(256)
    return bytes(changed[: dice.choice((len(changed), dice.randrange(len(changed))))])


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_whatever_bytes_come_it_is_a_photo_or_it_says_why_not(kind: str) -> None:
    dice = random.Random(kind)
    data = saved(picture(80, 60), kind, exif=camera(6))
    codes = set()
    for _ in range(400):
        try:
            photo = clean_photo(noisy(data, dice))
        except UnreadablePhoto as error:
            codes.add(error.code)
        else:
            assert MAKER.encode() not in photo.data
            codes.add("kept")
    assert {"kept", "not_an_image"} <= codes <= {"kept", "not_an_image", "too_large", "unsupported"}


def test_broken_words_of_the_camera_cost_nobody_his_photo() -> None:
    good = saved(picture(), "JPEG", exif=camera(6))
    at = good.index(b"Exif\0\0") + 6
    photo = clean_photo(good[:at] + b"\xff" * 8 + good[at + 8 :])
    assert (photo.width, photo.height) == (400, 300)


def test_it_runs_in_several_threads_at_once() -> None:
    from concurrent.futures import ThreadPoolExecutor

    sent = saved(picture(1200, 900), "JPEG", exif=camera(6))
    with ThreadPoolExecutor(4) as threads:
        kept = list(threads.map(clean_photo, [sent] * 8))
    assert len({photo.data for photo in kept}) == 1
