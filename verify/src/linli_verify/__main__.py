"""`python -m linli_verify`."""

import sys

from linli_verify.main import main

sys.exit(main())
