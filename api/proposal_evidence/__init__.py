"""The evidence of a proposed policy change, computed by a process: `python -m api.proposal_evidence FOLDER`.

The folder has `base/` and `proposed/` (policy folders), `floor.yaml` and, where there are any, `features/` (the
feature files of the base), `decisions.jsonl` (`api.domain.approvals.decision_lines`) and `words/REVISION/` (the
policies by which the decisions were taken). Standard output has one JSON object a line: `{"step", "done", "of"}` for
progress, and last `{"evidence"}` (exit code 0) or, if the job cannot be done, `{"fault", "remedy"}` (exit code 2).
What is wrong with the proposed set is evidence, and no fault of the job.
"""
