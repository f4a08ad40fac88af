"""Cannot be imported: its own dependency is missing."""

import telescope_of_nobody


class StarStrategy(telescope_of_nobody.Strategy):
    """Never comes into being."""
