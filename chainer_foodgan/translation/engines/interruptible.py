"""Computing that Ctrl-C ends: Python notices it between two lines, not within one of a library."""

import concurrent.futures


class Worker:
    """Computes one thing at a time, on a thread of its own."""

    def __init__(self):
        self._pool = concurrent.futures.ThreadPoolExecutor(1)

    def __call__(self, compute, cancel):
        """Waits until something is computed.

        Args:
            compute (callable): Called without arguments, on the thread.
            cancel (callable): Called without arguments where the wait is interrupted; ``compute``
                has to end soon after it.

        Returns:
            What ``compute`` returned.
        """
        try:
            return self._pool.submit(compute).result()
        except KeyboardInterrupt:
            cancel()
            raise
