"""The shelf of simulated deliveries: events of cases as a state might send them, made from a catalogue and a seed.

What is made here never happened and names nobody; every event says so by its source. It writes beside what it has
planted, so that whoever reads the figures can check the verdicts. It must not reach into a room: the events go in by
the same action as everybody's, or into files of a folder that nobody reads by itself.
"""
