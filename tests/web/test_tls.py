"""The page's own certificate."""

import os
import ssl
import sys
import time

import pytest

from chainer_foodgan.errors import FoodganError
from chainer_foodgan.web import server

NAMES = ['localhost', '127.0.0.1', '192.168.0.7', 'kitchen']


def test_it_is_private_names_the_page_and_is_kept(tmp_path):
    pytest.importorskip('trustme', reason='certificates: pip install "chainer_foodgan[tls]"')
    from cryptography import x509

    path = server.certificate(NAMES, tmp_path / 'certificates')
    assert path.stat().st_mode & 0o777 == 0o600
    ssl.create_default_context(ssl.Purpose.CLIENT_AUTH).load_cert_chain(path)  # key and chain fit
    text = path.read_bytes()
    certificate = x509.load_pem_x509_certificate(text[text.index(b'-----BEGIN CERT'):])
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert {str(name.value) for name in names} == set(NAMES)
    days = (certificate.not_valid_after_utc.timestamp() - time.time()) / 86400
    assert 364 < days < 398  # what phones take
    assert server.certificate(NAMES[::-1], tmp_path / 'certificates').read_bytes() == text
    os.utime(path, (0, time.time() - 364.5 * 86400))
    assert server.certificate(NAMES, tmp_path / 'certificates').read_bytes() != text
    assert server.certificate(['localhost'], tmp_path / 'certificates') != path
    assert len(list((tmp_path / 'certificates').iterdir())) == 2


def test_without_the_library_it_is_one_line(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, 'trustme', None)
    with pytest.raises(FoodganError, match='chainer_foodgan.tls'):
        server.certificate(NAMES, tmp_path)
