"""A picture as a viewer shows it."""

import io
import struct

import numpy as np
import pytest
from PIL import Image

from helpers.cache import TemporarilyUnusable, Unusable
from helpers.decoding.pictures import read_picture

RAMP = np.tile(np.linspace(5, 250, 48, dtype=np.uint8), (48, 1))
UPRIGHT = np.where(np.arange(60)[:, None] < 30, 20, 230).astype(np.uint8).repeat(40, 1)
UPRIGHT[:, 20:] += 20  # no side is like another
# How each value of Exif's orientation is stored (first row, first column).
STORED = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}


def test_grey_and_colour_are_what_was_saved(tmp_path):
    Image.fromarray(np.full((10, 20, 3), (200, 100, 50), np.uint8)).save(tmp_path / "colour.png")
    colour = read_picture(tmp_path / "colour.png", (4, 4), 3)
    assert colour.dtype == np.uint8 and (colour == [200, 100, 50]).all()
    grey = read_picture(tmp_path / "colour.png", (4, 4), 1)
    assert abs(int(grey[0, 0, 0]) - round(0.299 * 200 + 0.587 * 100 + 0.114 * 50)) <= 1
    Image.fromarray(RAMP).save(tmp_path / "ramp.png")
    assert (np.diff(read_picture(tmp_path / "ramp.png", (8, 24), 1)[0, :, 0].astype(int)) > 0).all()


@pytest.mark.parametrize("suffix", ["jpg", "png", "webp", "tiff"])
@pytest.mark.parametrize("orientation", STORED)
def test_a_photograph_is_upright(tmp_path, suffix, orientation):
    exif = Image.Exif()
    exif[0x0112] = orientation
    path = tmp_path / f"turned.{suffix}"
    Image.fromarray(UPRIGHT).transpose(STORED[orientation]).save(path, exif=exif, quality=95)
    shown = read_picture(path, None, 1)
    assert shown.shape == (60, 40, 1)
    assert np.abs(shown[..., 0].astype(int) - UPRIGHT).mean() < 3


def test_a_good_picture_with_damaged_exif_is_shown_as_it_is_stored(tmp_path):
    Image.fromarray(RAMP).save(tmp_path / "odd.jpg", exif=b"Exif\0\0II*\0\xff\xff\xff\xff")
    assert read_picture(tmp_path / "odd.jpg", None, 1).shape == (48, 48, 1)


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("grey16.png", RAMP.astype(np.uint16) * 257),
        ("grey16.tiff", RAMP.astype(np.uint16) * 257),
        ("grey16.pgm", RAMP.astype(np.uint16) * 257),
        ("dark16.pgm", np.full((9, 9), 250, np.uint16)),
        ("grey32.tiff", RAMP.astype(np.int32) * 257),
        ("small32.tiff", RAMP.astype(np.int32)),
        ("unit.tiff", RAMP.astype(np.float32) / 255),
        ("bytes.tiff", RAMP.astype(np.float32)),
        ("words.tiff", RAMP.astype(np.float32) * 257),
    ],
)
def test_every_depth_is_scaled_to_eight_bits(tmp_path, name, values):
    Image.fromarray(values).save(tmp_path / name)
    for channels in (1, 3):
        shown = read_picture(tmp_path / name, None, channels)
        expected = 1 if name.startswith("dark") else RAMP[..., None]
        assert np.abs(shown.astype(int) - expected).max() <= 1


def test_pgm_of_twelve_bits_is_scaled(tmp_path):
    values = np.rint(RAMP * (4095 / 255)).astype(">u2")
    (tmp_path / "grey12.pgm").write_bytes(b"P5 48 48 4095\n" + values.tobytes())
    shown = read_picture(tmp_path / "grey12.pgm", None, 1)[..., 0]
    assert np.abs(shown.astype(int) - RAMP).max() <= 1


def test_tiff_of_twelve_bits_is_scaled(tmp_path):
    values = np.rint(RAMP * (4095 / 255)).astype(np.uint16)
    pairs = values.reshape(-1, 2)
    packed = [pairs[:, 0] >> 4, (pairs[:, 0] & 15) << 4 | pairs[:, 1] >> 8, pairs[:, 1] & 255]
    data = np.stack(packed, axis=1).astype(np.uint8).tobytes()
    tags = {256: 48, 257: 48, 258: 12, 259: 1, 262: 1, 273: 8, 277: 1, 278: 48, 279: len(data)}
    entries = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in tags.items())
    directory = struct.pack("<H", len(tags)) + entries + bytes(4)
    head = b"II*\0" + struct.pack("<I", 8 + len(data))
    (tmp_path / "grey12.tiff").write_bytes(head + data + directory)
    shown = read_picture(tmp_path / "grey12.tiff", None, 1)[..., 0]
    assert np.abs(shown.astype(int) - RAMP).max() <= 1


@pytest.mark.parametrize("values", [RAMP - 50.0, RAMP * 1e6, RAMP * np.nan])
def test_values_on_no_known_scale_have_a_reason(tmp_path, values):
    Image.fromarray(values.astype(np.float32)).save(tmp_path / "odd.tiff")
    with pytest.raises(Unusable, match="expected"):
        read_picture(tmp_path / "odd.tiff", None, 1)


def cutout(mode):
    rgba = np.zeros((20, 20, 4), np.uint8)
    rgba[..., :3], rgba[5:15, 5:15] = (255, 0, 255), (120, 120, 120, 255)
    return Image.fromarray(rgba).convert(mode)


@pytest.mark.parametrize(
    ("name", "mode"),
    [
        ("cutout.png", "RGBA"),
        ("cutout.webp", "RGBA"),
        ("cutout.tiff", "RGBA"),
        ("grey.png", "LA"),
        ("palette.gif", "RGBA"),
    ],
)
def test_what_is_transparent_shows_a_white_ground(tmp_path, name, mode):
    options = {"lossless": True} if name.endswith("webp") else {}
    cutout(mode).save(tmp_path / name, **options)
    for channels in (1, 3):
        shown = read_picture(tmp_path / name, None, channels)
        assert (shown[:4] == 255).all() and np.abs(shown[6:14, 6:14].astype(int) - 120).max() <= 2


def test_a_palette_and_a_colour_that_are_transparent_show_it_too(tmp_path):
    palette = Image.fromarray(np.pad(np.ones((10, 10), np.uint8), 5))
    palette.putpalette([255, 0, 255, 120, 120, 120])
    palette.save(tmp_path / "palette.png", transparency=0)
    cutout("RGB").save(tmp_path / "colour.png", transparency=(255, 0, 255))
    for name in ("palette.png", "colour.png"):
        shown = read_picture(tmp_path / name, None, 3)
        assert (shown[:4] == 255).all() and (shown[6:14, 6:14] == 120).all()


def test_of_several_pictures_the_first_is_shown(tmp_path):
    pictures = [Image.fromarray(np.full((8, 8, 3), level, np.uint8)) for level in (40, 200)]
    for name in ("a.gif", "a.png", "a.webp", "a.tiff", "a.mpo"):
        pictures[0].save(tmp_path / name, save_all=True, append_images=pictures[1:])
        assert np.abs(read_picture(tmp_path / name, None, 3).astype(int) - 40).max() <= 2


def test_inks_become_colours(tmp_path):
    Image.new("CMYK", (8, 8), (0, 255, 255, 0)).save(tmp_path / "red.jpg", quality=95)
    shown = read_picture(tmp_path / "red.jpg", None, 3)
    assert shown[..., 0].min() > 200 and shown[..., 1:].max() < 60


def test_any_way_in_which_a_file_is_damaged_is_a_reason(tmp_path):
    buffer = io.BytesIO()
    Image.fromarray(np.zeros((24, 24, 3), np.uint8)).save(buffer, "DDS")
    dds = bytearray(buffer.getvalue())
    dds[80:84] = (0x80).to_bytes(4, "little")  # Pillow: NotImplementedError
    (tmp_path / "dds.jpg").write_bytes(dds)
    Image.fromarray(RAMP).save(tmp_path / "whole.png")
    (tmp_path / "cut.png").write_bytes((tmp_path / "whole.png").read_bytes()[:-40])
    bomb = b"P5 60000 60000 255\n"
    (tmp_path / "bomb.pgm").write_bytes(bomb)
    for name in ("dds.jpg", "cut.png", "bomb.pgm"):
        with pytest.raises(Unusable, match="the picture is damaged"):
            read_picture(tmp_path / name, None, 3)
    (tmp_path / "text.png").write_text("no picture")
    with pytest.raises(Unusable, match="not a picture"):
        read_picture(tmp_path / "text.png", None, 3)


def test_a_drive_that_fails_is_no_damage(tmp_path):
    (tmp_path / "drive.png").symlink_to("/proc/self/mem")
    with pytest.raises(TemporarilyUnusable, match="cannot be read"):
        read_picture(tmp_path / "drive.png", None, 3)


def test_too_little_memory_is_no_damage(tmp_path, monkeypatch):
    Image.fromarray(RAMP).save(tmp_path / "fine.png")

    def full(*_, **__):
        raise MemoryError

    monkeypatch.setattr(Image.Image, "convert", full)
    with pytest.raises(MemoryError):
        read_picture(tmp_path / "fine.png", None, 3)
