"""Devices are found without torch and become slots."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.utils import timezone

from tests.factories.projects import make_project
from trainer.models import DeviceSlot, Run
from trainer.services import devices
from trainer.services.devices import Device, discover_devices, host_name, parse_nvidia_smi, refresh_slots


@pytest.fixture(autouse=True)
def fresh() -> Iterator[None]:
    discover_devices.cache_clear()
    yield
    discover_devices.cache_clear()


def test_nvidia_smi_lines() -> None:
    text = "0, GPU-a1, NVIDIA H200, 143771\n1, GPU-b2, NVIDIA H200, 143771\nNo devices were found\n"
    assert [device.name for device in parse_nvidia_smi(text, ("1",))] == ["cuda:1"]
    assert [device.name for device in parse_nvidia_smi(text, ("GPU-a1",))] == ["cuda:0"]
    assert parse_nvidia_smi(text, ("-1",)) == []
    assert parse_nvidia_smi(text) == [
        Device("cuda:0", "NVIDIA H200, 140 GiB"),
        Device("cuda:1", "NVIDIA H200, 140 GiB"),
    ]


def test_without_a_gpu_the_processor_is_one_slot(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(devices, "_nvidia_devices", list)
    (device,) = discover_devices()
    assert device.name == "cpu"
    assert "CPU cores" in device.description


@pytest.mark.django_db
def test_slots_follow_the_devices(monkeypatch: pytest.MonkeyPatch) -> None:
    found = [Device("cuda:0", "big"), Device("cuda:1", "big")]
    monkeypatch.setattr(devices, "discover_devices", lambda: found)
    DeviceSlot.objects.create(host="elsewhere", device="cuda:7")
    assert refresh_slots() == 2
    run = Run.objects.create(project=make_project(), kind="train", backend="fake", task="detect")
    future = timezone.now() + timedelta(minutes=5)
    DeviceSlot.objects.filter(device="cuda:1").update(run=run, lease_until=future)
    found[:] = [Device("cpu", "small")]
    refresh_slots()
    mine = DeviceSlot.objects.filter(host=host_name()).order_by("device")
    assert list(mine.values_list("device", flat=True)) == ["cpu", "cuda:1"], "a slot in use stays until it is free"
    assert DeviceSlot.objects.filter(host="elsewhere").exists()
