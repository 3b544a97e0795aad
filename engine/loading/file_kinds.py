"""The sorts of policy files."""

from __future__ import annotations

from engine.loading.authzen_schema import AuthzenFile
from engine.loading.file_schema import DirectiveFile, InvariantsFile, PolicyFile, ReadingsFile
from engine.loading.language_schema import LanguageFile
from engine.loading.registers_schema import RegistersFile
from engine.loading.vocabulary_schema import VocabularyFile

PolicyDocument = (
    DirectiveFile
    | ReadingsFile
    | PolicyFile
    | InvariantsFile
    | VocabularyFile
    | RegistersFile
    | LanguageFile
    | AuthzenFile
)
FILE_KINDS: dict[str, type[PolicyDocument]] = {
    "directive": DirectiveFile,
    "readings": ReadingsFile,
    "policy": PolicyFile,
    "invariants": InvariantsFile,
    "facts": VocabularyFile,
    "lists": RegistersFile,
    "language": LanguageFile,
    "subjects": AuthzenFile,
}
"""The sorts of policy files, by the key each has to carry."""
