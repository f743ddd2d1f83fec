"""Small inputs of kinds that users have reported, made on the spot."""

import subprocess
from pathlib import Path

from helpers.runtime.ffmpeg import ffmpeg_binary

BARS = ("-f", "lavfi", "-i", "testsrc2=s=96x64:r=25:d=2")
TONE = ("-f", "lavfi", "-i", "sine=440:r=44100:d=2")


def ffmpeg(*arguments: object) -> Path:
    """Run ffmpeg with arguments, the last of which is the file to write."""
    command = [ffmpeg_binary(), "-hide_banner", "-loglevel", "error", "-y", *map(str, arguments)]
    subprocess.run(command, check=True)
    return Path(arguments[-1])
