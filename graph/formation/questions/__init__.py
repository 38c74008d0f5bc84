"""What people ask of a plan: why, why not, what else."""
