"""The sandbox tells no converter whose payload it converts; so none of ours may want to know, or store it elsewhere."""

import base64
import os

from pydantic import SecretStr
from temporalio.converter import DataConverter, WithSerializationContext

from runtime.crypto import data_converter
from runtime.settings import Settings


def converter() -> DataConverter:
    key = SecretStr(base64.b64encode(os.urandom(32)).decode())
    return data_converter(Settings(codec_keys={"one": key}, codec_key="one"))


def test_no_part_of_our_converter_wants_to_know_whose_payload_it_is() -> None:
    ours = converter()
    assert not isinstance(ours.payload_codec, WithSerializationContext)
    assert not isinstance(ours.failure_converter, WithSerializationContext)
    inside = getattr(ours.payload_converter, "converters", {})
    parts = inside.values() if isinstance(inside, dict) else inside
    assert not [part for part in parts if isinstance(part, WithSerializationContext)]


def test_no_payload_of_ours_is_stored_elsewhere() -> None:
    assert converter().external_storage is None
