"""Files on disk: what lies there, what comes back, what a stranger can do about it."""

import asyncio
import base64
from pathlib import Path

import pytest
from pydantic import SecretStr

from integrations.storage.disk import DiskStorage
from ports import Refused, Unavailable

TEXT = "Иванов Иван, жалобы на боль в груди".encode() * 50
KEYS = {id_: SecretStr(base64.b64encode(bytes([n]) * 32).decode()) for n, id_ in enumerate(("k1", "k2"))}


@pytest.fixture
def storage(tmp_path: Path) -> DiskStorage:
    return DiskStorage(tmp_path / "files", KEYS, "k1")


def files(tmp_path: Path) -> list[Path]:
    return [path for path in tmp_path.rglob("*") if path.is_file()]


async def test_what_was_put_comes_back_and_lies_there_unreadable(storage: DiskStorage, tmp_path: Path) -> None:
    await storage.put("cl-1", "d-1", TEXT)
    assert await storage.get("cl-1", "d-1") == TEXT
    (file,) = files(tmp_path)
    assert TEXT[:20] not in file.read_bytes()
    assert "d-1" not in str(file.relative_to(tmp_path))
    assert file.stat().st_mode & 0o077 == 0


async def test_the_same_name_again_replaces_nothing_even_at_once(storage: DiskStorage, tmp_path: Path) -> None:
    await asyncio.gather(*(storage.put("cl-1", "d-1", bytes([n]) * 100_000) for n in range(8)))
    kept = await storage.get("cl-1", "d-1")
    assert kept in [bytes([n]) * 100_000 for n in range(8)]
    await storage.put("cl-1", "d-1", b"later")
    assert await storage.get("cl-1", "d-1") == kept
    assert len(files(tmp_path)) == 1


@pytest.mark.parametrize("where", ["head", "key", "middle", "end"])
async def test_a_changed_byte_is_noticed(storage: DiskStorage, tmp_path: Path, where: str) -> None:
    await storage.put("cl-1", "d-1", TEXT)
    (file,) = files(tmp_path)
    sealed = bytearray(file.read_bytes())
    sealed[{"head": 0, "key": 20, "middle": len(sealed) // 2, "end": len(sealed) - 1}[where]] ^= 1
    file.write_bytes(sealed)
    with pytest.raises(Refused, match="tampered"):
        await storage.get("cl-1", "d-1")


@pytest.mark.parametrize("left", [0, 3, 40, -1])
async def test_a_cut_file_is_noticed(storage: DiskStorage, tmp_path: Path, left: int) -> None:
    await storage.put("cl-1", "d-1", TEXT)
    (file,) = files(tmp_path)
    file.write_bytes(file.read_bytes()[:left])
    with pytest.raises(Refused, match="tampered"):
        await storage.get("cl-1", "d-1")


async def test_files_exchanged_for_each_other_do_not_open(storage: DiskStorage, tmp_path: Path) -> None:
    await storage.put("cl-1", "d-1", b"one")
    await storage.put("cl-1", "d-2", b"two")
    one, two = files(tmp_path)
    both = one.read_bytes(), two.read_bytes()
    two.write_bytes(both[0])
    one.write_bytes(both[1])
    for name in ("d-1", "d-2"):
        with pytest.raises(Refused, match="tampered"):
            await storage.get("cl-1", name)


@pytest.mark.parametrize("name", ["../../etc/passwd", "/etc/passwd", "..", "a/b", "a\0b", "x" * 5000, ""])
async def test_no_name_leads_out_of_the_folder(storage: DiskStorage, tmp_path: Path, name: str) -> None:
    await storage.put("../cl", name, b"x")
    assert await storage.get("../cl", name) == b"x"
    assert all(tmp_path / "files" in file.parents for file in files(tmp_path))
    with pytest.raises(FileNotFoundError):
        await storage.get("cl-1", name)


async def test_a_deleted_object_is_gone_and_deleting_it_again_is_fine(storage: DiskStorage) -> None:
    await storage.put("cl-1", "d-1", b"x")
    await storage.delete("cl-1", "d-1")
    await storage.delete("cl-1", "d-1")
    with pytest.raises(FileNotFoundError):
        await storage.get("cl-1", "d-1")


async def test_after_a_rotation_old_files_open_and_without_their_key_they_wait(tmp_path: Path) -> None:
    old = DiskStorage(tmp_path, KEYS, "k1")
    await old.put("cl-1", "d-1", b"x")
    assert await DiskStorage(tmp_path, KEYS, "k2").get("cl-1", "d-1") == b"x"
    with pytest.raises(Unavailable, match="key_missing"):
        await DiskStorage(tmp_path, {"k2": KEYS["k2"]}, "k2").get("cl-1", "d-1")


async def test_a_folder_that_cannot_be_written_is_unavailable(tmp_path: Path) -> None:
    (tmp_path / "files").write_text("a file where the folder should be")
    with pytest.raises(Unavailable, match="storage"):
        await DiskStorage(tmp_path / "files", KEYS, "k1").put("cl-1", "d-1", b"x")
