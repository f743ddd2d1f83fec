"""Sound and pictures out of clips, through ffmpeg."""

import shutil


def ffmpeg_binary() -> str:
    """Return the ffmpeg program: the system's, else the one that imageio-ffmpeg brings along.

    Raises
    ------
    FileNotFoundError
        If there is neither.
    """
    found = shutil.which("ffmpeg")
    if found:
        return found
    try:
        import imageio_ffmpeg

        return imageio_ffmpeg.get_ffmpeg_exe()
    except (ImportError, RuntimeError) as error:
        raise FileNotFoundError(
            "No ffmpeg was found on the PATH and imageio-ffmpeg brought none; clips cannot be "
            "read. Install one of them: `pip install imageio-ffmpeg` or `apt install ffmpeg`."
        ) from error
