"""PyTorch's CUDA tensors: tensors of the processor that say that they are on a GPU."""

from cupy_double.arrays import Device, bare, ndarray


def from_tensor(tensor):
    """``cupy.from_dlpack``."""
    if not tensor.is_cuda:
        raise TypeError('a tensor of the processor')
    return ndarray(tensor.as_plain().numpy())


def double_torch():
    """PyTorch with tensors that are on a GPU by their own word."""
    import torch

    class Tensor(torch.Tensor):
        is_cuda = True

        def get_device(self):
            return Device.current

        def as_plain(self):
            return self.as_subclass(torch.Tensor)

        def numpy(self):
            raise TypeError("can't convert cuda:0 device type tensor to numpy")

        @classmethod
        def __torch_function__(cls, function, kinds, arguments=(), options=None):
            if any(type(each) is torch.Tensor and each.ndim for each in arguments):
                raise RuntimeError('Expected all tensors to be on the same device')
            return super().__torch_function__(function, kinds, arguments, options or {})

    from_dlpack = torch.from_dlpack

    def of_box(array):
        if not isinstance(array, ndarray):
            return from_dlpack(array)
        inside = bare(array)
        writeable = inside if inside.flags.writeable else inside.copy()
        return torch.from_numpy(writeable).as_subclass(Tensor)
    torch.from_dlpack = of_box
    torch.cuda.is_available = lambda: True
