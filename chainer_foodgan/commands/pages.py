"""``foodgan serve`` and ``site``: web pages, with a server and without."""

import contextlib
import sys

from chainer_foodgan.commands import translators
from chainer_foodgan.commands.options import names, natural, positive

SERVE_DESCRIPTION = (
    'Serves a web page to drop or take a photo on, in English and Japanese, until Ctrl-C. Photos '
    'are deleted after a quarter of an hour.')

SERVE_EPILOG = """\
examples:
  foodgan serve
  foodgan serve --weights photos_96,run --size 256 --port 8000
  foodgan serve --host 0.0.0.0 --tls    # for phones in the network, with their cameras

Programs call it by gradio_client: /translate takes a photo, a dish and weights, /dishes lists both.
"""


def add_serve_options(parser):
    parser.add_argument('--weights', type=names, metavar='NAME|FILE[,...]',
                        help='those to choose from, the first at the start (default: all that '
                             'ship)')
    parser.add_argument('--host', default='127.0.0.1', metavar='ADDRESS',
                        help='where to listen (default: %(default)s, this machine alone)')
    parser.add_argument('--port', type=natural, default=7860, metavar='N',
                        help='(default: %(default)s; 0: any that is free)')
    parser.add_argument('--size', type=positive, metavar='N',
                        help='pixels of the shorter side of what the networks see (default: that '
                             'of the photos that the weights were trained on)')
    parser.add_argument('--backend', default='auto', metavar='NAME',
                        help='what computes, as in translate (default: auto)')
    parser.add_argument('--precision', default='float32', metavar='NAME',
                        help='float32, bf16 or int8, as in translate (default: float32)')
    translators.add_device(parser)
    translators.add_label_strength(parser)
    parser.add_argument('--max-megabytes', type=positive, default=20, metavar='N',
                        help='the largest photo that is taken (default: %(default)s)')
    parser.add_argument('--max-waiting', type=positive, default=64, metavar='N',
                        help='how many may wait for their pictures, an eighth of them at one '
                             'address (default: %(default)s)')
    parser.add_argument('--tls', action='store_true',
                        help='serve by https with a certificate that is made here (browsers warn '
                             'of it once): phones hand out their cameras to no other page')
    parser.add_argument('--allow-host', type=names, default=[], metavar='NAME[,...]',
                        help='names that browsers ask for the page by, beside addresses and this '
                             "machine's name (behind a proxy: the proxy's)")


def run_serve(args):
    from chainer_foodgan.web import server

    server.library()
    from chainer_foodgan.web.service import Service, shipping

    with contextlib.closing(server.listen(args.host, args.port)) as listening:
        service = Service(args.weights or shipping(), args.size, backend=args.backend,
                          precision=args.precision, device=args.device,
                          label_strength=args.label_strength)

        def ready(address):
            print(address, flush=True)
            if server.is_open(args.host):
                _show_to_phones(address)
            print('ready; Ctrl-C ends it', file=sys.stderr)

        server.serve(service, listening, args.max_megabytes, args.max_waiting, ready,
                     hosts=args.allow_host, tls=_certificate(listening) if args.tls else None)


def _show_to_phones(address):
    """A QR code, where somebody looks at a terminal."""
    print('anyone in the network may use this page', file=sys.stderr)
    if not sys.stderr.isatty():
        return
    try:
        import segno
    except ImportError as error:
        print(f'(a QR code of the address needs segno ({error}): pip install '
              '"chainer_foodgan[web]")', file=sys.stderr)
    else:
        segno.make(address).terminal(sys.stderr, compact=True)


def _certificate(listening):
    import socket

    from chainer_foodgan.web import server
    from chainer_foodgan.weights import cache

    names = {'localhost', '127.0.0.1', '::1', socket.gethostname(), server.host_of(listening)}
    return server.certificate(names, cache.root() / 'chainer_foodgan' / 'certificates')


SITE_DESCRIPTION = (
    'Writes a folder with a page that changes dishes in the browser, of photos and live by camera.'
    ' Any host of static files can serve it; no photo leaves the browser.')

SITE_EPILOG = """\
examples:
  foodgan site --out site --serve
  foodgan site --out site --weights magical_rice_bowl_student,run --webgpu

The page is a module, too: import { Translator } from './foodgan.js' (types: foodgan.d.ts).
"""


def add_site_options(parser):
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


def run_site(args):
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
