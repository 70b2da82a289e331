"""What this installation is: of which state, and whether it holds the sample state.

Being a sample opens doors that are shut elsewhere (entering as any sample person), so only the loader of the sample
state may say it, on an empty database. It must not hold settings: those come from the environment.
"""
