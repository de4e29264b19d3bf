"""A certificate that the page makes for itself, so that phones hand out their cameras.

The library is trustme (the extra ``tls``), which is imported when it is used.
"""

import datetime
import hashlib
import os
import pathlib
import tempfile
import time

from chainer_foodgan.errors import FoodganError

_DAYS = 365  # phones take none that are valid for much longer


def certificate(names, folder):
    """Makes a certificate, or takes the one of last time, which browsers may know by now.

    Args:
        names (list of str): Names and addresses of the page.
        folder (pathlib.Path): Where certificates are kept.

    Returns:
        pathlib.Path: A PEM file of the private key and the certificates, for its owner alone.

    Raises:
        FoodganError: trustme is not installed, or the file cannot be written.
    """
    name = hashlib.sha256(' '.join(sorted(names)).encode()).hexdigest()[:16]
    path = folder / f'{name}.pem'
    if path.exists() and time.time() - path.stat().st_mtime < (_DAYS - 1) * 86400:
        return path
    try:
        import trustme
    except ImportError as error:
        raise FoodganError(f'a certificate needs trustme ({error}): pip install '
                           '"chainer_foodgan[tls]"') from error
    ends = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=_DAYS)
    issued = trustme.CA().issue_cert(*names, not_after=ends)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        # mkstemp's files are private from the start, which files.replacing's are not.
        descriptor, temporary = tempfile.mkstemp(dir=folder)
        with os.fdopen(descriptor, 'wb') as file:
            file.write(issued.private_key_and_cert_chain_pem.bytes())
        pathlib.Path(temporary).replace(path)
    except OSError as error:
        raise FoodganError(f'cannot write {path}: {error.strerror or error}; '
                           'what was there before is untouched') from error
    return path
