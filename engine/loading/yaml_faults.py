"""What is wrong with the YAML of a policy file, in an officer's words."""

from __future__ import annotations

from ruamel.yaml.error import MarkedYAMLError

from engine.diagnostics import Diagnostic, Place, PolicyFaults

MAX_DEPTH = 20


def place_at(file: str, text: str, index: int, end: int = 0) -> Place:
    """The place of the characters from `index` to `end`, of one character if no end is given."""
    in_line = text[index:end].split("\n", 1)[0].rstrip()
    line, column = text.count("\n", 0, index) + 1, index - text.rfind("\n", 0, index)
    return Place(file, line, column, max(1, len(in_line)))


def too_deep(place: Place) -> PolicyFaults:
    """Say that the file is nested too deeply."""
    return single_fault("Y10", place, f"more than {MAX_DEPTH} levels are nested", "write it flatter")


def malformed(file: str, text: str, error: MarkedYAMLError) -> PolicyFaults:
    """Say why a text is not YAML, in an officer's words."""
    mark, began = error.problem_mark or error.context_mark, error.context_mark
    if mark is None:
        return single_fault(
            "Y07", Place(file), "the file cannot be read as YAML", "compare with the other files"
        )
    if "single document" in str(error.context):
        place = Place(file, mark.line + 1, mark.column + 1)
        return single_fault("Y06", place, "a second document begins here", "keep one document in a file")
    line_so_far = text[: mark.index].rpartition("\n")[2].rstrip()
    at_start, message, remedy = _explained(error, line_so_far, text[mark.index : mark.index + 1])
    if began is not None and at_start and began.line < mark.line:
        mark = began
    return single_fault("Y07", Place(file, mark.line + 1, mark.column + 1), message, remedy)


def _explained(error: MarkedYAMLError, before: str, here: str) -> tuple[bool, str, str]:
    """What is wrong, and the remedy; true if the place to show is where the broken part begins."""
    problem, context = str(error.problem or ""), str(error.context or "")
    if here == "\t":
        return False, "a tab stands where a space belongs", "put a space in its place"
    if "unknown escape character" in problem:
        return (
            False,
            f"`\\{here}` means nothing in double quotes",
            "double the backslash, or use single quotes",
        )
    if "quoted scalar" in context:
        return True, "a quotation mark is not closed", "close it with the same mark"
    if "mapping values are not allowed" in problem:
        remedy = "put a text that contains `: ` in quotes, or align the line with its neighbours"
        return False, "a colon stands where none can", remedy
    if "could not find expected ':'" in problem:
        return True, "here stands neither a key nor a value", "write a colon and a space after each key"
    if "flow" in context:
        remedy = "close it, and put a text with , : { } [ ] in quotes"
        return True, "a list or entry in brackets is not closed properly", remedy
    if "expected <block end>" in problem and before.endswith(("}", "]", '"', "'")):
        message = "something follows a closing bracket or quotation mark"
        return False, message, "put the whole text in quotes, in '...' if it contains \""
    if "expected <block end>" in problem:
        return False, "the indentation is wrong here", "align this line with its neighbours"
    if "sequence entries are not allowed" in problem:
        remedy = "put the text in quotes, or begin the list on a line of its own"
        return False, "a hyphen begins a list where none can stand", remedy
    if "cannot start any token" in problem:
        return False, f"`{here}` cannot begin a value", "put the value in quotes"
    if "document start" in problem:
        remedy = "put # before a remark, and a colon and a space after each key"
        return False, "what stands above this line is no `key: value`", remedy
    if "undefined alias" in problem:
        return False, "a value begins with *", "put a text that begins with * in quotes; aliases are not used"
    return False, "the file is not well-formed here", "compare with the lines around it"


def single_fault(code: str, place: Place, message: str, remedy: str) -> PolicyFaults:
    """Return one fault, to be raised."""
    return PolicyFaults([Diagnostic(place, code, message, remedy)])
