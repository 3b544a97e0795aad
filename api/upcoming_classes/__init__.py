"""Which requests days answer otherwise, computed by a process: `python -m api.upcoming_classes FOLDER DAY...`.

The folder holds the policy files. Standard output has one JSON object a line, in the order of the days:
`{"day", "found"}`, where `found` is an `api.domain.upcoming.DayClasses`. Policies that cannot be read are named on
standard error (exit code 2).
"""
