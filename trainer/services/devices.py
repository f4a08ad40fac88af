"""Devices of this host as slots: one run per device. Found without importing torch, which a worker must never do."""

import os
import platform
import socket
import subprocess
from dataclasses import dataclass
from functools import cache

from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now

from annotator.config import get_config
from trainer.models import DeviceSlot


@dataclass(frozen=True, slots=True)
class Device:
    """A device that can train: ``name`` as torch spells it."""

    name: str
    description: str


def host_name() -> str:
    """Name of this machine as it appears on slots."""
    return socket.gethostname()[:100]


@cache
def discover_devices() -> list[Device]:
    """Devices of this machine: those of ``MARQUEE_DEVICES``, else every NVIDIA GPU, else one processor slot.

    Looked for once per process: devices do not come and go, and asking the driver takes a moment.
    """
    if chosen := get_config().devices:
        return [Device(name, "chosen by MARQUEE_DEVICES") for name in chosen]
    return _nvidia_devices() or [Device("cpu", f"{os.cpu_count() or 1} CPU cores, {platform.machine()}")]


def _nvidia_devices() -> list[Device]:
    """What ``nvidia-smi`` lists; empty where there is no driver."""
    command = ["nvidia-smi", "--query-gpu=index,uuid,name,memory.total", "--format=csv,noheader,nounits"]
    try:
        answer = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return []
    return parse_nvidia_smi(answer.stdout, get_config().visible_gpus) if answer.returncode == 0 else []


def parse_nvidia_smi(text: str, visible: tuple[str, ...] = ()) -> list[Device]:
    """Devices of ``index, uuid, name, MiB`` lines; lines in another shape are ignored.

    ``visible`` limits them to numbers or (beginnings of) UUIDs, as ``CUDA_VISIBLE_DEVICES`` does; nvidia-smi does not.
    """
    devices: list[Device] = []
    for line in text.splitlines():
        parts = [part.strip() for part in line.split(",")]
        if len(parts) != 4 or not parts[0].isdigit():
            continue
        if visible and not any(parts[0] == name or (name and parts[1].startswith(name)) for name in visible):
            continue
        memory = f", {int(parts[3]) / 1024:.0f} GiB" if parts[3].isdigit() else ""
        devices.append(Device(f"cuda:{parts[0]}", f"{parts[2]}{memory}"))
    return devices


def refresh_slots() -> int:
    """Write the devices of this host as slots and return how many there are; vanished ones go when they are free."""
    host, devices = host_name(), discover_devices()
    with transaction.atomic():
        for device in devices:
            DeviceSlot.objects.update_or_create(
                host=host, device=device.name, defaults={"description": device.description[:200]}
            )
        free = Q(run__isnull=True) | Q(lease_until__lt=Now())
        DeviceSlot.objects.filter(free, host=host).exclude(device__in=[d.name for d in devices]).delete()
    return len(devices)
