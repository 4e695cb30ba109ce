"""Settings: where the home is, which sources there are, what warns. The only reader of the environment.

Belongs here: `vm.toml`, the variables VM_*, their defaults, and saying precisely what is wrong with them.
Does not belong here: anything that acts on a setting.
"""

from vm_pipeline.settings.problems import ConfigurationError
from vm_pipeline.settings.reading import Asked, Settings, Variables, as_of, file_shape, load
from vm_pipeline.settings.resolve import Source

__all__ = ["Asked", "ConfigurationError", "Settings", "Source", "Variables", "as_of", "file_shape", "load"]
