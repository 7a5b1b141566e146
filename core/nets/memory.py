"""How much memory is free for a frame, on every device. Knows nothing of nets."""

import torch

from ..ram import free_here

_SHARE = 0.7  # of what is free: decoded frames and the encoder need some too


def fits(needed: int, device: torch.device) -> bool:
    """Whether so many bytes are at hand on a device."""
    return needed <= _SHARE * free_bytes(device)


def free_bytes(device: torch.device) -> int:
    """About how many bytes may still be taken on a device."""
    if device.type == "cuda":
        own = torch.cuda.memory_reserved(device) - torch.cuda.memory_allocated(device)
        return torch.cuda.mem_get_info(device)[0] + own
    if device.type == "mps":
        return torch.mps.recommended_max_memory() - torch.mps.current_allocated_memory()
    return free_here()
