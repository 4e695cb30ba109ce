"""vm_pipeline: finance, activity and staff experience joined per team every night, to the penny."""

__version__ = "0.1.0"
