"""``python -m warehouse`` runs the daemon in the foreground."""

import sys

from warehouse.daemon import main

sys.exit(main())
