"""Every command with its line of help, and the function that implements it."""

from __future__ import annotations

GROUPS = {
    "policies": "Look after the policy folder.",
    "keys": "Look after the API keys, and make the keys of officers.",
    "log": "Look after the decision log; only `erase`, `rotate-key` and `continue` write to it.",
    "registers": "Look after the registers: lists of items and their figures.",
    "clearance": "Check a clearance, without the service.",
    "sign-ins": "Look after the sign-ins of the console.",
    "witness": "Be a witness of the logs of others.",
    "store": "Look after the database: its tables, backups, and restoring one.",
}
COMMANDS = {
    "ask": (
        "api.cli.ask:hold_interview",
        "Ask one question at a time, in words, and end in the answer, as `check` prints it.",
    ),
    "check": (
        "api.cli.check:check",
        "Decide requests as the parties named state them; nothing is recorded, and no answer is a clearance.",
    ),
    "serve": (
        "api.cli.serve:serve",
        "Answer pre-checks over HTTP, each recorded before it is given, to callers with a token or an API key.",
    ),
    "screen": (
        "api.cli.screen:screen",
        "Decide every row of the files, as `check` would; bad rows are set aside, and then it exits 1.",
    ),
    "due": (
        "api.cli.due:show_due",
        "Show who owes what, by when, under which clause; exit 1 if something is overdue. Reads only.",
    ),
    "reconcile": (
        "api.cli.reconcile:reconcile",
        "Show breaches, handovers nobody had asked about, clearances not used, what is overdue; "
        "exit 1 if there is any.",
    ),
    "webhooks": (
        "api.cli.webhooks:show_webhooks",
        "Show how far each endpoint has been notified, and its last answer; exit 1 if one takes none. "
        "Reads only.",
    ),
    "clauses": (
        "api.cli.clauses:clauses",
        "Show each clause with the rules that carry it out and the scenarios that show it; "
        "exit 1 if there are gaps.",
    ),
    "new": (
        "api.cli.new:make_folder",
        "Make a folder with a small directive to start from: policies, a floor and scenarios, sound and proved.",
    ),
    "explain": (
        "api.cli.explain:explain_word",
        "Say what a code or name in an answer or a finding stands for.",
    ),
    "policies check": (
        "api.cli.policies_check:check_policies",
        "Show every fault of a policy folder, with place and remedy, and remarks on a sound one.",
    ),
    "policies show": (
        "api.cli.policies_show:show_policies",
        "Show the policies as the engine has read them.",
    ),
    "policies fmt": (
        "api.cli.policies_fmt:lay_out_policies",
        "Lay the policy files out alike: order of keys, indentation, width, quotes. No comment or value changes.",
    ),
    "policies table": (
        "api.cli.policies_table:exchange_table",
        "Write a table of rules as a sheet, or read one back; nothing is written unless the folder passes the check.",
    ),
    "policies schema": (
        "api.cli.policies_schema:print_schema",
        "Print the JSON Schema of the policy files; editors complete and underline by it.",
    ),
    "policies prove": (
        "api.cli.policies_prove:prove_policies",
        "Prove over all requests what has to hold of the answers; exit 1 unless everything is proved.",
    ),
    "policies compare": (
        "api.cli.policies_compare:compare_policies",
        "Show every class of requests that is answered otherwise; exit 1 if a handover is no longer forbidden.",
    ),
    "policies evidence": (
        "api.cli.policies_evidence:show_evidence",
        "Compute what a proposed change does; exit 1 unless all has passed and nothing may be loosened.",
    ),
    "policies upcoming": (
        "api.cli.policies_upcoming:show_upcoming_changes",
        "Show what changes on which day without anybody doing anything, and which requests are answered otherwise.",
    ),
    "policies test": (
        "api.cli.policies_test:show_what_scenarios_show",
        "Run the scenarios, and show what they do not show; exit 1 unless nothing is left to do.",
    ),
    "policies review": (
        "api.cli.policies_review:review_links",
        "Show which links of clause and rule have to be read again; exit 1 if any. Or record some as read.",
    ),
    "policies report": (
        "api.cli.policies_report:report_compliance",
        "Put what was tested, proved and reviewed of a revision on one page to print; exit 1 if there are gaps.",
    ),
    "policies found": (
        "api.cli.policies_found:found_approvals",
        "Sign the note by which approvals begin, once the policies are checked and proved; it says who has still to.",
    ),
    "policies propose": (
        "api.cli.policies_propose:propose_change",
        "Propose a change: by a signed note for a pull request, or at a service, with the approvals it has.",
    ),
    "policies approve": (
        "api.cli.policies_approve:approve_proposal",
        "Approve a proposal: by a signed note beside it, or at a service.",
    ),
    "policies reject": (
        "api.cli.policies_reject:reject_proposal",
        "Reject a proposal, by a signed note beside it or at a service: nothing more can become of it.",
    ),
    "policies withdraw": (
        "api.cli.policies_withdraw:withdraw",
        "Take a proposal back, as its author; or, with --approval, one's own approval of it.",
    ),
    "policies status": (
        "api.cli.policies_status:show_status",
        "Show who approved a proposal, what counts and what is lacking; exit 1 unless that is enough.",
    ),
    "policies activate": (
        "api.cli.policies_activate:activate_proposal",
        "Bring an approved proposal into force at a service, at every process of it at once.",
    ),
    "policies rollback": (
        "api.cli.policies_rollback:propose_earlier",
        "Propose an earlier revision again, from the ledger that stores it; it needs approvals as any change does.",
    ),
    "policies return": (
        "api.cli.policies_return:return_to_earlier",
        "Bring earlier policies into force again at once, as one officer who decides; it has to be confirmed soon.",
    ),
    "policies confirm": (
        "api.cli.policies_confirm:confirm_restored",
        "Confirm what is in force in a ledger restored from a backup, as one officer who decides.",
    ),
    "policies revoke": (
        "api.cli.policies_revoke:revoke_officer",
        "Record at a service that an officer has left: what that officer approved no longer counts.",
    ),
    "keys new": (
        "api.cli.keys:new_key",
        "Make an API key and show it, this once; the file keeps only its hash.",
    ),
    "keys list": (
        "api.cli.keys_changes:show_keys",
        "Show whose keys there are, for which role, and when they end. No key can be made out from that.",
    ),
    "keys revoke": (
        "api.cli.keys_changes:revoke_key",
        "Take every key of somebody out of the file: nobody can call with it, or is signed in by it, from then on.",
    ),
    "keys expire": (
        "api.cli.keys_changes:expire_key",
        "Let every key of somebody end after so many days; one that ends before stays as it is.",
    ),
    "keys rotate": (
        "api.cli.keys_changes:rotate_key",
        "Make a new key for somebody and show it, this once; the one before it still counts for a while.",
    ),
    "keys officer": (
        "api.cli.keys_officer:make_officer_key",
        "Make the key by which an officer signs, and print the lines for the file of approvers.",
    ),
    "sign-ins list": (
        "api.cli.sign_ins:show_sign_ins",
        "Show who is signed in to the console, since when, and when each sign-in was last used. Reads only.",
    ),
    "sign-ins end": (
        "api.cli.sign_ins:end_sign_ins",
        "End every sign-in of somebody, in whatever browser; it holds at the next page. The service may be running.",
    ),
    "log verify": (
        "api.cli.log:verify",
        "Check every entry against its hash, its place and the signed checkpoints, and every table against the log.",
    ),
    "log checkpoint": (
        "api.cli.log:checkpoint",
        "Print the newest signed checkpoint; keep it where nobody who can write the log can reach it.",
    ),
    "log key": (
        "api.cli.log_keys:show_key",
        "Print the verifying key of the log as one line (C2SP signed-note), for whoever checks the log elsewhere.",
    ),
    "log rotate-key": (
        "api.cli.log_keys:rotate",
        "Make a new signing key, let the old one sign that it follows, and put it into the place of the old one.",
    ),
    "log prove": (
        "api.cli.log:prove",
        "Print the proof (RFC 6962) that a decision is in the log, as JSON.",
    ),
    "log export": (
        "api.cli.log_export:export",
        "Print every entry of the log, one a line, in its order; a text that was erased is null.",
    ),
    "log tiles": (
        "api.cli.log_tiles:write_tiles",
        "Write the tree of the log as tiles (C2SP tlog-tiles), and the newest checkpoint over them.",
    ),
    "log witness": (
        "api.cli.log_witness:ask_witnesses",
        "Have witnesses cosign the newest checkpoint (C2SP tlog-witness); exit 1 unless all of them did.",
    ),
    "log archive": (
        "api.cli.log_archive:archive",
        "Write every entry of the log, with what proves it, to one Parquet file, while the service may go on.",
    ),
    "log continue": (
        "api.cli.log_continue:continue_in",
        "Close the log, and let it go on in a new database with all that is worked with, and few old decisions.",
    ),
    "log replay": (
        "api.cli.log_replay:replay_log",
        "Take every decision again and list those that come out differently; exit 1 if there are any.",
    ),
    "log erase": (
        "api.cli.log_erase:erase",
        "Erase the texts of a decision, a case, a handover or an event that were kept apart from the log, "
        "and no more.",
    ),
    "registers import": (
        "api.cli.registers:import_files",
        "Record lists and items from files, all of them or, if anything is wrong, none.",
    ),
    "registers export": (
        "api.cli.registers:export_files",
        "Write the registers in the form in which they are imported; the same bytes for the same registers.",
    ),
    "registers report": (
        "api.cli.registers:report",
        "Reconcile the registers with their figures; exit 1 if one does not hold.",
    ),
    "registers print": (
        "api.cli.registers_print:print_register_page",
        "Make a page from the registers, as HTML for a browser and its printer. Reads only; every page is a draft.",
    ),
    "clearance verify": (
        "api.cli.clearance:verify",
        "Say whether a clearance holds and what it allows: "
        "exit 0 if it holds, 1 if not, 2 if it could not be checked.",
    ),
    "clearance key": (
        "api.cli.clearance:show_key",
        "Print the verifying key of clearances, to be given to the desks; read from the key file of the log.",
    ),
    "witness serve": (
        "api.cli.witness:serve_witness",
        "Cosign the checkpoints of logs (C2SP tlog-witness), each only if it continues the one cosigned before.",
    ),
    "witness key": (
        "api.cli.witness:show_witness_key",
        "Print the key by which the cosignatures of a witness are verified, for the logs and for auditors.",
    ),
    "store upgrade": (
        "api.cli.store:upgrade_tables",
        "Bring the tables to the newest revision; `serve` does the same when it starts.",
    ),
    "store check": (
        "api.cli.store:check",
        "Compare the tables with those this version works with; exit 1 if they differ. Reads only.",
    ),
    "store backup": (
        "api.cli.store:backup",
        "Write everything to one file, as of one moment, while the service may go on; it is read back and verified.",
    ),
    "store restore": (
        "api.cli.store:restore_backup",
        "Make the database of a backup anew, in an empty one, once the backup has been verified.",
    ),
}
"""Group and name -> `module:function`, which is imported when the command is called; first line of its docstring."""
