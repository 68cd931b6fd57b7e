"""Offers the components to programs in every Pulumi language: `pulumi package add PATH/TO/provider`.

The plugin is this whole checkout: the components, and what DocumentationPipeline packages, lie beside this folder
and are found from here. The working directory is the consumer's.
"""

import sys
from pathlib import Path

from pulumi.provider import main

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

if __name__ == "__main__":
    from stack.plugin import KinexusProvider

    main(KinexusProvider(), sys.argv[1:])
