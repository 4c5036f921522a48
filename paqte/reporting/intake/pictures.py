"""A picture handed in, drawn again: nothing of it stays but what is seen. Read in a process apart."""

from __future__ import annotations

import io
import warnings

from PIL import Image, ImageCms, ImageOps

from paqte.reporting.intake.refus import PieceRefused

KINDS = {"PNG": ("image/png", ".png"), "JPEG": ("image/jpeg", ".jpg"), "WEBP": ("image/webp", ".webp")}
MOST_PIXELS = 50_000_000
LONGEST_SIDE = 20_000
QUALITY = 90
TOO_LARGE = "Cette image est trop grande : réduisez-la à 50 millions de pixels au plus."
UNREAD = "Cette image ne se lit pas en entier : enregistrez-la de nouveau en JPEG ou en PNG."


def redraw(content: bytes) -> tuple[bytes, str, str]:
    """The picture drawn again, upright, with its media type and extension.

    EXIF, GPS, comments, colour profiles and whatever follows the picture are left behind; its colours are those of
    the screen (sRGB), and of an animation its first view stays. PieceRefused for what is no picture of these kinds.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content), formats=tuple(KINDS)) as image:
                kind = image.format or ""
                _check_size(image)
                return _written(_upright(image), kind), *KINDS[kind]
    except PieceRefused:
        raise
    except (Image.DecompressionBombWarning, Image.DecompressionBombError):
        raise PieceRefused(TOO_LARGE) from None
    except MemoryError:
        raise PieceRefused(TOO_LARGE) from None
    except Exception as error:  # Pillow raises whatever its readers meet: none of it is a picture
        raise PieceRefused(UNREAD) from error


def _check_size(image: Image.Image) -> None:
    if image.width * image.height > MOST_PIXELS or max(image.size) > LONGEST_SIDE:
        raise PieceRefused(TOO_LARGE)


def _upright(image: Image.Image) -> Image.Image:
    """Its pixels alone, turned as the camera said, in plain colours."""
    has_clear = "A" in image.getbands() or "transparency" in image.info
    profile = image.info.get("icc_profile")
    turned = ImageOps.exif_transpose(image)
    if profile and turned.mode in ("RGB", "CMYK"):
        turned = _in_srgb(turned, profile)
    mode = "RGBA" if has_clear else ("L" if turned.mode in ("1", "L") else "RGB")
    plain = turned.convert(mode)
    # A picture made of bytes has no memory of the file it came from.
    return Image.frombytes(mode, plain.size, plain.tobytes())


def _in_srgb(image: Image.Image, profile: bytes) -> Image.Image:
    """The same colours once the profile is gone; a profile that cannot be read is only forgotten."""
    try:
        given = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        found = ImageCms.profileToProfile(image, given, ImageCms.createProfile("sRGB"), outputMode="RGB")
    except (ImageCms.PyCMSError, OSError, ValueError):
        return image
    return found or image


def _written(image: Image.Image, kind: str) -> bytes:
    held = io.BytesIO()
    if kind == "JPEG":
        shown = image if image.mode in ("RGB", "L") else image.convert("RGB")
        shown.save(held, kind, quality=QUALITY, optimize=True)
    elif kind == "WEBP":
        image.save(held, kind, quality=QUALITY)
    else:
        image.save(held, kind, optimize=True)
    return held.getvalue()
