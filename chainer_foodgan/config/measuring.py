"""Options of measuring translations, of the classifier that judges them, and of choosing photos."""

from __future__ import annotations

import builtins  # its list: a field has that name
import dataclasses
from typing import ClassVar, Optional, Union

from chainer_foodgan.config.base import (
    ALL_IMAGES,
    ALL_LIST,
    ALL_TEST,
    CATEGORIES,
    DATA,
    DEVICE,
    IMAGES,
    LIST,
    PHOTOS,
    SKIP_BAD,
    TEST,
    Config,
    extractors,
    metrics,
    names,
    natural,
    number,
    numbers,
    option,
    positive,
    share,
    strength,
)

WHAT, TRAINING = 'what to measure', 'training'

#: Multiplies the label; other options of translating are the arguments of ``Translator``.
LABEL_STRENGTH = {
    'default': 1., 'help': 'multiply the label by N; auto: by size over size of training, which '
    'keeps large pictures from losing it; the default is as released', 'kind': strength,
    'unit': 'N|auto'}


@dataclasses.dataclass
class EvaluateConfig(Config):
    """Measure how well weights, or translations that are there already, change the dish."""

    groups: ClassVar = (WHAT, DATA)

    weights: Optional[str] = option(None, 'weights that ship, or a file', unit='NAME|FILE',
                                    group=WHAT, one_of='what', required=True)
    pictures: Optional[str] = option(
        None, 'translations, in a sub-folder per target category', unit='DIR', group=WHAT,
        one_of='what', required=True)
    classifier: Optional[str] = option(None, 'made by `foodgan train-classifier`', unit='FILE',
                                       group=WHAT)
    metrics: Optional[builtins.list[str]] = option(
        None, 'what to measure, see below (default: accuracy, content, cycle, psnr and texture, '
        'with --pairs accuracy, difference, psnr, ssim, lpips and texture, as far as they can be '
        'had)', metrics, group=WHAT)
    features: builtins.list[str] = option(
        ('classifier',), 'of whom for fid, kid and is: classifier, inception or both; only those '
        "of inception compare with others' figures", extractors, group=WHAT)
    inception: Optional[str] = option(
        None, "torch-fidelity's weights of Inception (default: fetched when needed)", unit='FILE',
        group=WHAT)
    label_strength: Union[float, str] = option(group=WHAT, **LABEL_STRENGTH)
    device: str = option(group=WHAT, **DEVICE)
    images: Optional[str] = option(**{
        **IMAGES, 'help': 'folder of the photos (default: rendered bowls, whose true translations '
        'are known)'})
    list: Optional[str] = option(**{
        **LIST, 'help': "the original's list file, or a manifest .csv, of which the split test is "
        'used (default: a sub-folder per category, all photos)'})
    test: Optional[Union[int, float]] = option(**TEST)
    skip_bad: bool = option(**SKIP_BAD)
    pairs: Optional[str] = option(
        None, "folder of photos and a teacher's translations of them, with a table manifest.csv of "
        'the columns file, input, source, target', unit='DIR', group=DATA)
    hold_out: int = option(
        0, 'judge on the last N photos of each source dish of --pairs (0: all)', natural,
        group=DATA)
    bowls: Optional[int] = option(
        None, 'number of rendered bowls where there are no --images (500)', positive, group=DATA)
    bowls_seed: int = option(
        2000, 'which bowls; `foodgan train` and `foodgan train-classifier` see others by default',
        natural, group=DATA)
    categories: Optional[builtins.list[str]] = option(
        None, "the weights' categories in label order, in place of those stored with them", names,
        'NAME,...', group=DATA)
    image_size: Optional[int] = option(
        None, 'pixels (default: that which the weights were trained on, with --pairs 256 where '
        'they do not say it; of --pictures the shorter side of the first)', positive, group=DATA)
    crop_size: Optional[int] = option(
        None, 'side of the centre crop, pixels of the photo (default: the largest square)',
        positive, group=DATA)
    batch_size: int = option(32, 'pictures to translate at once', positive, group=DATA)


@dataclasses.dataclass
class ClassifierConfig(Config):
    """Train a network that names dishes, to judge translations by."""

    groups: ClassVar = (DATA, TRAINING)

    out: str = option(None, 'file to write', unit='FILE.npz', group=TRAINING, required=True)
    images: Optional[str] = option(**IMAGES)
    list: Optional[str] = option(**{
        **LIST, 'help': "the original's list file, or a manifest .csv, with test photos in it "
        '(default: a sub-folder per category, or the layout of UEC FOOD)'})
    categories: Optional[builtins.list[str]] = option(**CATEGORIES)
    skip_bad: bool = option(**SKIP_BAD)
    bowls: int = option(6000, 'number of rendered bowls where there are no --images', positive,
                        group=DATA)
    bowls_seed: int = option(
        1000, 'which bowls; a fifth as many of the next seed are the test', natural, group=DATA)
    test_images: Optional[str] = option(
        None, 'test on all of these photos, a sub-folder per category', unit='DIR', group=DATA,
        one_of='test')
    hold_out: Optional[float] = option(
        None, 'test on this share of each category (of a list file or of UEC FOOD: of the photos), '
        'and do not train on it', share, 'SHARE', group=DATA, one_of='test')
    fakes: Optional[float] = option(
        None, 'make this share of the pictures of a category besides, flat, with the colours of '
        'another dish, or blurred: a category of their own, none, so that colour alone convinces '
        'nobody; e.g. 1', number, 'SHARE', group=TRAINING)
    network: str = option(
        'small', 'a small residual network, or VGG16 or ResNet50 with a new head',
        choices=('small', 'vgg16', 'resnet50'), group=TRAINING)
    start: Optional[str] = option(
        None, 'what VGG16 or ResNet50 start from: the ImageNet weights that ChainerCV fetches, '
        'random numbers, or a file of such weights (imagenet)', unit='imagenet|random|FILE.npz',
        group=TRAINING)
    image_size: Optional[int] = option(None, 'pixels (64; VGG16 and ResNet50: 224)', positive,
                                       group=TRAINING)
    batch_size: int = option(32, 'pictures in a batch', positive, group=TRAINING)
    num_epochs: int = option(60, 'epochs', positive, group=TRAINING)
    conv_dim: int = option(32, 'channels of the first convolution of the small network', positive,
                           group=TRAINING)
    lr: Optional[float] = option(
        None, 'greatest learning rate (0.003; VGG16 and ResNet50: 0.0001)', number, group=TRAINING)
    seed: int = option(0, 'seed of weights and order', natural, group=TRAINING)
    num_workers: int = option(1, 'threads that read photos', positive, group=TRAINING)
    device: str = option(group=TRAINING, **DEVICE)
    precision: str = option(
        'float32', "of the convolutions' inputs in training, where PyTorch is installed",
        choices=('float32', 'bfloat16'), group=TRAINING)


KEEP, FEATURES, CLUSTERS, RESULTS = 'what to keep, one of', 'features', 'clusters', 'results'


@dataclasses.dataclass
class RankConfig(Config):
    """Keep the photos of each category that a classifier is surest of."""

    groups: ClassVar = (PHOTOS, RESULTS, KEEP)

    images: str = option(**ALL_IMAGES)
    classifier: str = option(None, 'made by `foodgan train-classifier` of other photos',
                             unit='FILE', group=PHOTOS, required=True)
    out: str = option(None, 'folder to write', unit='DIR', group=RESULTS, required=True)
    list: Optional[str] = option(**ALL_LIST)
    test: Optional[Union[int, float]] = option(**ALL_TEST)
    categories: Optional[builtins.list[str]] = option(**{**CATEGORIES, 'group': PHOTOS})
    batch_size: int = option(64, 'photos to look at at once', positive, group=PHOTOS)
    device: str = option(group=PHOTOS, **DEVICE)
    keep: float = option(0.2, 'this share of each category; the default is that of the paper',
                         share, 'SHARE', group=KEEP, one_of='rule')
    threshold: Optional[float] = option(None, 'the photos of at least this probability', share,
                                        'P', group=KEEP, one_of='rule')
    number: Optional[int] = option(None, 'so many photos of each category', positive, group=KEEP,
                                   one_of='rule')

    @property
    def rule(self):
        """What to keep: the name of a function of ``curation.rank``, and its argument."""
        for name in ('threshold', 'number'):
            if getattr(self, name) is not None:
                return name, getattr(self, name)
        return 'share', self.keep


@dataclasses.dataclass
class ClusterConfig(Config):
    """Part the photos of a category by what they look like, and leave some of them out."""

    groups: ClassVar = (PHOTOS, FEATURES, CLUSTERS, RESULTS)

    images: str = option(**ALL_IMAGES)
    category: str = option(None, 'whose photos to cluster, all splits', unit='NAME', group=PHOTOS,
                           required=True)
    out: str = option(None, 'folder to write', unit='DIR', group=RESULTS, required=True)
    list: Optional[str] = option(**ALL_LIST)
    test: Optional[Union[int, float]] = option(**ALL_TEST)
    start: str = option(
        'imagenet', 'weights of VGG16: those of ImageNet that ChainerCV fetches, or a file of them',
        unit='imagenet|FILE.npz', group=FEATURES, one_of='features')
    classifier: Optional[str] = option(
        None, 'take the features of this classifier instead, made by `foodgan train-classifier`',
        unit='FILE', group=FEATURES, one_of='features')
    batch_size: int = option(8, 'photos to look at at once', positive, group=FEATURES)
    device: str = option(group=FEATURES, **DEVICE)
    clusters: int = option(8, 'how many; the default is that of the article', positive, 'K',
                           group=CLUSTERS)
    seed: int = option(0, 'seed of the clusters and of the map', natural, group=CLUSTERS)
    drop: builtins.list[int] = option(
        (), 'write the list of all photos without those of these clusters', numbers,
        group=CLUSTERS)
