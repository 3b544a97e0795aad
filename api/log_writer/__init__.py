"""The process that writes the log for all workers of a machine: `python -m api.log_writer`, started by `serve`.

Its standard input says in one line what to write and where (`plan`), and its end that the service stops; a line on
its standard output says that workers are taken from now on.
"""
