"""Open documents, split into lines as the protocol says: at LF, CRLF and CR, and at nothing else."""

from __future__ import annotations

import re

from lsprotocol import types as lsp
from pygls.workspace import TextDocument, Workspace

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")


class Document(TextDocument):
    """A document. pygls splits at form feeds and U+2028 too, after which edits land on wrong lines."""

    @property
    def lines(self) -> tuple[str, ...]:
        """The lines with their ends."""
        return tuple(_LINE.findall(self.source))


class Documents(Workspace):
    """The open documents of a client."""

    def _create_text_document(
        self,
        doc_uri: str,
        source: str | None = None,
        version: int | None = None,
        language_id: str | None = None,
    ) -> Document:
        return Document(
            doc_uri,
            source=source,
            version=version,
            language_id=language_id,
            sync_kind=self._sync_kind,
            position_codec=self._position_codec,
        )


def replaced(old: Workspace, folders: list[lsp.WorkspaceFolder] | None) -> Documents:
    """Return a workspace like the one pygls made, whose documents count lines rightly."""
    return Documents(old.root_uri, old._sync_kind, folders, old.position_encoding)
