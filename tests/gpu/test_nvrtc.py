"""The kernels that training launches, compiled for GPUs by NVIDIA's compiler, which needs none.

They are those of the tests on the double (``cupy_double.LAUNCHES``). CuPy puts the same text into
kernels of its own; what it puts around is written out here, as far as it is used.
"""

import ctypes
import importlib.util
import pathlib

import pytest

ARCHITECTURES = ('sm_75', 'sm_80', 'sm_90')  # Turing, Ampere, Hopper
NAMES = {'float32': 'float', 'float64': 'double', 'int32': 'int', 'int64': 'long long',
         'bool': 'bool', 'uint8': 'unsigned char', 'int8': 'signed char'}

PROLOGUE = '''
typedef decltype((char*)0 - (char*)0) ptrdiff_t;
typedef int int32;
typedef long long int64;
typedef float float32;
typedef double float64;
template <typename T> struct Raw {
  T* data; ptrdiff_t count;
  __device__ T& operator[](ptrdiff_t i) const { return data[i]; }
  __device__ ptrdiff_t size() const { return count; }
};
'''
LOOP = 'for (ptrdiff_t i = blockIdx.x * blockDim.x + threadIdx.x; i < n; i += gridDim.x)'


@pytest.fixture(scope='module')
def nvrtc():
    spec = importlib.util.find_spec('nvidia')
    found = [path for place in (spec.submodule_search_locations if spec else ())
             for path in pathlib.Path(place).glob('*/lib/libnvrtc.so.*')]
    if not found:
        pytest.skip('compiles kernels: pip install nvidia-cuda-nvrtc-cu12==12.6.85')
    return ctypes.CDLL(str(found[0]))


def compile_errors(nvrtc, source, architecture):
    """What the compiler says against a source (str)."""
    program, size = ctypes.c_void_p(), ctypes.c_size_t()
    assert nvrtc.nvrtcCreateProgram(
        ctypes.byref(program), source.encode(), b'kernels.cu', 0, None, None) == 0
    options = [f'--gpu-architecture={architecture}'.encode(), b'--std=c++14']
    failed = nvrtc.nvrtcCompileProgram(
        program, len(options), (ctypes.c_char_p * len(options))(*options))
    nvrtc.nvrtcGetProgramLogSize(program, ctypes.byref(size))
    log = ctypes.create_string_buffer(size.value)
    nvrtc.nvrtcGetProgramLog(program, log)
    nvrtc.nvrtcGetCUBINSize(program, ctypes.byref(size))
    nvrtc.nvrtcDestroyProgram(ctypes.byref(program))
    assert failed or size.value > 1000  # machine code was made
    return log.value.decode() if failed else ''


def source_of(launch, types):
    """A kernel as CUDA C++."""
    ins, outs, operation, *rest = launch['code']
    parameters, inside = [], []
    for text, const in (ins, 'const '), (outs, ''):
        for *raw, kind, variable in (each.split() for each in text.split(',') if each.strip()):
            if 'raw' in raw:
                parameters.append(f'Raw<{const}{kind}> {variable}')
            else:
                parameters.append(f'{const}{kind}* _{variable}')
                inside.append(f'{const}{kind}& {variable} = _{variable}[i];')
    if rest:  # a reduction: map, reduce, what comes after, the first value
        reduce, after, identity = rest
        out = outs.split()[-2]
        operation = f'''const ptrdiff_t _j = i;
            {out} a = ({out})({identity}), b = ({out})({operation});
            a = ({out})({reduce}); {after}'''
    options, defined = launch['options'], ''.join(
        f'typedef {NAMES[dtype]} {letter}; ' for letter, dtype in types.items())
    return '{} {} __global__ void {}({}, ptrdiff_t n) {{ {} {} {{ {} {}; }} {} }}'.format(
        options.get('preamble', ''), defined, launch['name'], ', '.join(parameters),
        options.get('loop_prep', ''), LOOP, ' '.join(inside), operation,
        options.get('after_loop', ''))


@pytest.mark.parametrize('architecture', ARCHITECTURES)
def test_kernels_compile(nvrtc, doubled, architecture):
    kernels = set()
    for launch in doubled[1]:
        for dtype in 'float32', 'float64':
            types = {letter: dtype if 'float' in found else found
                     for letter, found in launch['types'].items()}
            kernels.add(source_of(launch, types))
    assert len(kernels) > 20
    source = PROLOGUE + '\n'.join(
        f'namespace k{number} {{ {kernel} }}' for number, kernel in enumerate(sorted(kernels)))
    assert compile_errors(nvrtc, source, architecture) == ''


def test_a_wrong_kernel_does_not(nvrtc):
    launch = {'name': 'wrong', 'code': ['T x', 'T y', 'y = x + z'], 'options': {}}
    assert 'identifier "z" is undefined' in compile_errors(
        nvrtc, PROLOGUE + source_of(launch, {'T': 'float32'}), 'sm_80')
