"""In which numbers a training computes: where a device has bfloat16, half as long as in float32."""

import torch


def fast(kind: str) -> torch.autocast:
    """Autocast to bfloat16 on a kind of device (`cuda`, `cpu`, `mps`) that computes in it, else nothing.

    Processors without AVX-512 only imitate bfloat16, measured at twelve times the time of float32.
    """
    slow_cpu = kind == "cpu" and not torch.backends.cpu.get_cpu_capability().startswith("AVX512")
    slow_cuda = kind == "cuda" and not torch.cuda.is_bf16_supported(including_emulation=False)
    return torch.autocast(kind, torch.bfloat16, enabled=kind != "mps" and not slow_cpu and not slow_cuda)
