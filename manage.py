#!/usr/bin/env python
"""Marquee's and Django's commands."""

import sys

from annotator.management.cli import main

if __name__ == "__main__":
    sys.exit(main())
