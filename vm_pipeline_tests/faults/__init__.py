"""What can go wrong with a machine: killed processes, power cuts, full disks, damaged files. Homes must not mind."""
