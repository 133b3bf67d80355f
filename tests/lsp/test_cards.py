"""The requests of ormlint's own: the list of models and a model's card, with open buffers in place of files."""

from __future__ import annotations

from typing import Any

import pytest
from conftest import MODELS, SERVICE, Editor
from pygls.exceptions import JsonRpcException

pytestmark = pytest.mark.asyncio


async def asked(editor: Editor, method: str, params: Any) -> Any:
    return await editor.protocol.send_request_async(method, params)


async def test_models_are_listed_and_their_cards_shown(editor: Editor) -> None:
    editor.open("models.py", MODELS + "    length = Column(Integer)\n\n\nclass Tag(Base):\n    pass\n")
    video, tag = sorted(await asked(editor, "ormlint/models", {}), key=lambda item: item["line"])
    where = {"uri": editor.uri("models.py"), "line": 6, "character": 6}
    assert video == {"name": "Video", "module": "models", "table": "video", **where}
    assert (tag["name"], tag["table"]) == ("Tag", None)
    params = {"textDocument": {"uri": video["uri"]}, "position": {"line": 6, "character": 6}}
    card = await asked(editor, "ormlint/modelCard", params)
    assert card.name == "Video" and card.text.startswith("models.Video\n  models.py:7, table video")
    assert "length  Integer" in card.text, "the buffer, not the file"


async def test_a_card_is_found_from_a_use_and_nowhere_else(editor: Editor) -> None:
    editor.open("service.py")
    row = next(row for row, line in enumerate(SERVICE.splitlines()) if line.startswith("from models"))
    document = {"uri": editor.uri("service.py")}
    params = {"textDocument": document, "position": {"line": row, "character": 20}}
    assert (await asked(editor, "ormlint/modelCard", params)).name == "Video"
    params["position"]["line"] = 2
    assert await asked(editor, "ormlint/modelCard", params) is None


async def test_a_request_without_a_position_is_answered_with_an_error(editor: Editor) -> None:
    with pytest.raises(JsonRpcException, match=r"textDocument\.uri and position"):
        await asked(editor, "ormlint/modelCard", {})
