"""Answer the old command with the new one, ``python -m helpers.series benchmark``."""

import sys

from helpers.series.__main__ import main

sys.exit(main(["benchmark", *sys.argv[1:]]))
