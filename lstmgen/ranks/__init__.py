"""All that knows of several processes, which a launcher (mpiexec, srun) has started with the same command.

launcher.py  what the launcher's variables say; nothing heavy is loaded for it
world.py     the ranks that this process has joined, to be left when it ends
joining.py   joining them
single.py    what training asks of any number of ranks, and the one process of a usual run
watch.py     whether the launcher and the others on this machine are still there
mpi.py       ranks that speak by MPI, the only file that loads mpi4py
tree.py      sums in the order of a fixed binary tree
"""
