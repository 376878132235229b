"""Training and writing on several processes, started by mpiexec as a user would."""
