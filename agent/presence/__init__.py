"""Who else uses this machine: its owner's hands, programs, battery and network, a file a platform."""
