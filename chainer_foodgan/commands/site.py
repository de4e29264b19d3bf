"""``foodgan site``: a page that needs no server."""

import contextlib
import sys

from chainer_foodgan.commands.options import names, natural

DESCRIPTION = ('Writes a folder with a page that changes dishes in the browser, of photos and live '
               'by camera. Any host of static files can serve it; no photo leaves the browser.')

EPILOG = """\
examples:
  foodgan site --out site --serve
  foodgan site --out site --weights magical_rice_bowl_student,run --webgpu

The page is a module, too: import { Translator } from './foodgan.js' (types: foodgan.d.ts).
"""


def add_options(parser):
    parser.add_argument('--out', required=True, metavar='DIR', help='the folder to write')
    parser.add_argument('--weights', type=names, metavar='NAME|FILE[,...]',
                        help='those to choose from, the first at the start (default: '
                             'magical_rice_bowl_live)')
    parser.add_argument('--runtime', metavar='DIR',
                        help='folder dist of the npm package onnxruntime-web (default: its files '
                             'are fetched once)')
    parser.add_argument('--webgpu', action='store_true',
                        help='add the WebGPU runtime, 27 MB that only browsers with WebGPU fetch')
    parser.add_argument('--no-mask', action='store_true',
                        help='leave out the network that finds the food')
    parser.add_argument('--serve', action='store_true', help='serve the folder until Ctrl-C')
    parser.add_argument('--host', default='127.0.0.1', metavar='ADDRESS',
                        help='where to listen (default: %(default)s, this machine alone)')
    parser.add_argument('--port', type=natural, default=8000, metavar='N',
                        help='(default: %(default)s; 0: any that is free)')


def run(args):
    from chainer_foodgan.site import serve_site, write_site
    from chainer_foodgan.weights import LIVE_WEIGHTS

    folder = write_site(args.out, args.weights or [LIVE_WEIGHTS], not args.no_mask, args.webgpu,
                        args.runtime)
    print(folder / 'index.html', flush=True)
    if args.serve:
        def ready(address):
            print(address, flush=True)
            print('ready; Ctrl-C ends it', file=sys.stderr)

        with contextlib.suppress(KeyboardInterrupt):
            serve_site(folder, args.host, args.port, ready)
    return 0
