"""docs/integrations.md: what to paste into assistants, and the tools."""

import json
import re

import pytest

from tests.docs.pages import PAGES, code_blocks, names
from tests.docs.test_cli import options_of

BLOCKS = code_blocks("README.md", "json") + code_blocks("docs/integrations.md", "json")


def test_there_are_blocks_for_every_assistant() -> None:
    assert len(BLOCKS) == 4
    assert {key for block in BLOCKS for key in json.loads(block)} == {"mcpServers", "servers"}


@pytest.mark.parametrize("block", BLOCKS)
def test_blocks_start_the_command_with_its_options(block: str) -> None:
    [servers] = json.loads(block).values()
    command, *arguments = servers["normqa"]["args"]
    assert command == "mcp"
    assert {argument for argument in arguments if argument.startswith("--")} <= options_of("mcp")


def test_addresses_are_json() -> None:
    addresses = re.findall(r"`(\{\"(?:mcpServers|servers)\".*?\})`", PAGES["docs/integrations.md"])
    assert len(addresses) == 2
    for address in addresses:
        [servers] = json.loads(address).values()
        assert servers["normqa"]["url"].endswith("/mcp")


def test_table_lists_the_tools() -> None:
    from normqa.serve.limits.queue import QuestionQueue
    from normqa.serve.mcp.tools import tools
    from normqa.serve.queued import QueuedSnapshots
    from normqa.settings import Settings

    settings = Settings()
    made = tools(QueuedSnapshots(settings, QuestionQueue.of(settings)))
    assert names(PAGES["docs/integrations.md"], "tool") == [tool.name for tool in made]
