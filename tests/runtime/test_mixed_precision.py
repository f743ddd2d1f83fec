"""Which numbers a device multiplies fastest, and layers that are built for them."""

from types import SimpleNamespace

import keras
import pytest

from helpers.runtime import mixed_precision


@pytest.fixture(autouse=True)
def _nothing_kept(monkeypatch):
    mixed_precision.fastest_policy.cache_clear()
    monkeypatch.delenv("ONEDNN_MAX_CPU_ISA", raising=False)
    monkeypatch.delenv("TF_ENABLE_ONEDNN_OPTS", raising=False)
    yield
    mixed_precision.fastest_policy.cache_clear()


@pytest.mark.parametrize(
    ("capabilities", "policy"),
    [
        ([(7, 5)], "mixed_float16"),  # a T4
        ([(6, 1)], "float32"),
        ([(7, 5), (6, 1)], "float32"),  # they share batches
        ([None], "float32"),  # not told
    ],
)
def test_gpus_with_tensor_cores_take_float16(capabilities, policy, monkeypatch):
    details = [{} if one is None else {"compute_capability": one} for one in capabilities]
    config = SimpleNamespace(
        list_physical_devices=lambda kind: range(len(details)),
        experimental=SimpleNamespace(get_device_details=lambda gpu: details[gpu]),
    )
    monkeypatch.setattr(
        mixed_precision, "import_tensorflow", lambda: SimpleNamespace(config=config)
    )
    assert mixed_precision.fastest_policy() == policy


@pytest.mark.parametrize(
    ("flags", "setting", "capable"),
    [
        ("avx2 avx512_bf16 fma", {}, True),
        ("amx_bf16 amx_tile", {}, True),
        ("avx2 avx512f fma", {}, False),
        ("avx512_bf16", {"ONEDNN_MAX_CPU_ISA": "AVX2"}, False),
        ("avx512_bf16", {"TF_ENABLE_ONEDNN_OPTS": "0"}, False),
        ("avx512_bf16", {"TF_ENABLE_ONEDNN_OPTS": "1"}, True),
    ],
)
def test_processors_say_whether_they_multiply_bfloat16(
    flags, setting, capable, tmp_path, monkeypatch
):
    for name, value in setting.items():
        monkeypatch.setenv(name, value)
    information = tmp_path / "cpuinfo"
    information.write_text(f"processor\t: 0\nflags\t\t: fpu {flags}\n")
    assert mixed_precision._multiplies_bfloat16(information) is capable
    assert not mixed_precision._multiplies_bfloat16(tmp_path / "none")


def test_a_policy_ends_with_its_block_even_after_an_error():
    with pytest.raises(KeyError), mixed_precision.dtype_policy("mixed_bfloat16"):
        assert keras.layers.Dense(1).compute_dtype == "bfloat16"
        raise KeyError
    assert keras.layers.Dense(1).compute_dtype == "float32"
