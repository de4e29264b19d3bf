"""Measures stock Chainer, plain PyTorch and this package side by side.

Examples:
  python experiments/benchmark.py --short --out benchmarks/short
  python experiments/benchmark.py --parts translate,train
  python experiments/benchmark.py --device 0 --parts translate,train,memory,scaling

Writes benchmark.md (a table), benchmark.json (all values) and scaling.png. What an earlier run has
measured of the same code, on the same machine, is kept: an interrupted run goes on. PyTorch,
OpenVINO and ONNX Runtime are measured where they are installed.
"""

import argparse
import datetime
import importlib
import json
import os
import shutil
import sys
import tempfile
import time

from benchmarking import machine
from benchmarking.bench import FORMS, Bench
from benchmarking.parts import PARTS
from chainer_foodgan import files
from chainer_foodgan.commands.options import natural, positive
from chainer_foodgan.errors import FoodganError


def parse():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--parts', type=parts, default=PARTS, metavar='NAME,...',
                        help='out of {} (all)'.format(', '.join(PARTS)))
    parser.add_argument('--out', default='benchmarks', metavar='DIR', help='(%(default)s)')
    parser.add_argument('--short', dest='form', action='store_const', const='short',
                        help='small sizes, about a minute (default: about twenty)')
    parser.add_argument('--tiny', dest='form', action='store_const', const='tiny',
                        help='a network of four channels, to see whether it runs')
    parser.add_argument('--threads', type=positive, default=machine.cores(), metavar='N',
                        help='cores for every contender (all: %(default)s)')
    parser.add_argument('--device', type=natural, metavar='N',
                        help='the GPU that computes (default: the processor)')
    parser.add_argument('--again', action='store_true',
                        help='measure what was measured before too, and replace results of '
                        'another form or machine')
    parser.add_argument('--worker', help=argparse.SUPPRESS)  # a process of a part
    parser.set_defaults(form='full')
    args = parser.parse_args()
    args.cores = machine.cores()  # before they are cut down to the threads
    if args.threads > args.cores:
        parser.error(f'--threads {args.threads}: there are {args.cores} cores')
    return args


def parts(text):
    """Names of parts, in the order in which they are measured."""
    names = set(text.split(','))
    if not names <= set(PARTS):
        raise argparse.ArgumentTypeError('{!r} is not made of {}'.format(text, ', '.join(PARTS)))
    return tuple(part for part in PARTS if part in names)


def main():
    args = parse()
    machine.set_threads(args.threads)
    if args.worker is not None:
        order = json.loads(args.worker)
        part = importlib.import_module('benchmarking.parts.' + order['part'])
        bench = Bench(order['form'], order['folder'], args.threads, order['device'])
        print(json.dumps(part.worker(bench, order['work'], order['name'])))
        return
    with tempfile.TemporaryDirectory() as folder:
        run(args, Bench(FORMS[args.form], folder, args.threads, args.device))


def run(args, bench):
    """Measures the parts that are asked for and writes the results of each."""
    from benchmarking import record
    from chainer_foodgan.training.run import commit
    results = record.Record(args.out, conditions(args, bench), args.again)
    code, revision = machine.code(), commit()
    bench.write_weights()
    for part in args.parts:
        if results.has(part, code) and not args.again:
            print(f'{part}: measured before', file=sys.stderr)
            continue
        print(f'{part} ...', file=sys.stderr)
        start = time.perf_counter()
        module = importlib.import_module('benchmarking.parts.' + part)
        rows = module.measure(bench, **bench.form[part])
        results.add(part, code=code, commit=revision, rows=rows,
                    date=datetime.date.today().isoformat(), seconds=time.perf_counter() - start)
        if part == 'scaling':
            shutil.copyfile(bench.folder / module.NAME, os.path.join(args.out, module.NAME))
        with files.replacing(os.path.join(args.out, 'benchmark.md'), 'w') as file:
            file.write(record.markdown(results))
    print(os.path.join(args.out, 'benchmark.md'))


def conditions(args, bench):
    """What the figures of one table have in common."""
    memory = machine.memory()
    return {'form': args.form, 'processor': machine.processor(), 'cores': args.cores,
            'threads': args.threads, 'device': bench.device_name,
            'memory': f'{memory / 1e9:.0f} GB' if memory else 'unknown',
            'versions': machine.versions()}


if __name__ == '__main__':
    try:
        main()
    except FoodganError as error:
        sys.exit(f'benchmark: {error}')
