"""The prompts that Maru ships: files of ``catalogue/prompts/``, published as versions that every tenant reads beneath its own."""

import hashlib
from pathlib import Path
from typing import Any

from pydantic import ConfigDict, Field, ValidationError

from maru.exact import Exact
from maru.prompts.store import SHIPPED, PromptStore
from maru.prompts.template import Template
from maru.validation import words

_USER = "catalogue"


class PromptFileError(Exception):
    """A file of the catalogue is no prompt; the message names the file and the entry."""


class ShippedPrompt(Exact):
    """One file: a template with its name, and the labels that move to it when it is published."""

    model_config = ConfigDict(frozen=True)

    name: str
    description: str = Field(default="", max_length=500)
    labels: tuple[str, ...] = ("live",)
    template: Template


def load(catalogue: str | Path) -> list[ShippedPrompt]:
    """The prompts of ``prompts/*.yaml``, by name; raises :class:`PromptFileError`.

    A message's ``file`` names a text beside the prompt that stands in place of its ``content``.
    """
    return [_read(path) for path in sorted((Path(catalogue) / "prompts").glob("*.yaml"))]


class ShippedPrompts:
    """Publishes the prompts of a catalogue when a deployment with another catalogue starts."""

    def __init__(self, store: PromptStore, catalogue: str | Path) -> None:
        self._store, self._folder = store, Path(catalogue)

    def publish(self) -> int:
        """Publish what the present deployment ships; gives how many prompts it wrote, 0 where they are published already.

        One read where nothing has changed. Two that publish at once write the same versions.
        """
        checksum = _checksum(self._folder)
        if self._store.shipped() == checksum:
            return 0
        prompts = load(self._folder)
        for prompt in prompts:
            version = self._store.publish(SHIPPED, prompt.name, prompt.template, description=prompt.description, user=_USER)
            for label in prompt.labels:
                self._store.label(SHIPPED, prompt.name, label, version.version)
        self._store.mark_shipped(checksum)
        return len(prompts)


def _checksum(catalogue: Path) -> str:
    digest = hashlib.sha256()
    for path in sorted((catalogue / "prompts").iterdir()):
        if path.is_file():
            digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def _read(path: Path) -> ShippedPrompt:
    import yaml

    try:
        document: Any = yaml.safe_load(path.read_bytes())
        if not isinstance(document, dict):
            raise PromptFileError(f"{path.name}: is no mapping.")
        messages = [_with_text(message, path) for message in document.pop("messages", [])]
        about = {name: document.pop(name) for name in ("name", "description", "labels") if name in document}
        prompt = ShippedPrompt.model_validate({**about, "template": {**document, "messages": messages}})
    except yaml.YAMLError as error:
        raise PromptFileError(f"{path.name}: not YAML: {getattr(error, 'problem_mark', '')}") from error
    except ValidationError as error:
        first = error.errors()[0]
        raise PromptFileError(f"{path.name}: '{'.'.join(map(str, first['loc']))}': {words(first)}.") from error
    if prompt.name != path.stem:
        raise PromptFileError(f"{path.name}: 'name' is '{prompt.name}', not the file's.")
    return prompt


def _with_text(message: Any, path: Path) -> Any:
    if not isinstance(message, dict) or "file" not in message:
        return message
    name = str(message["file"])
    if Path(name).name != name or not (path.parent / name).is_file():
        raise PromptFileError(f"{path.name}: '{name}' is not a file beside the prompt.")
    rest = {key: value for key, value in message.items() if key != "file"}
    return {**rest, "content": (path.parent / name).read_text(encoding="utf-8").strip()}
