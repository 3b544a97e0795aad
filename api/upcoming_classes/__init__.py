"""Which requests a day answers otherwise, computed by a process: `python -m api.upcoming_classes FOLDER DAY`.

The folder holds the policy files. Standard output has one line, an `api.domain.upcoming.DayClasses` as JSON. Policies
that cannot be read are named on standard error (exit code 2).
"""
