"""Pictures that took long to make, held for the next time."""



class Cache:
    """Holds arrays once they were made, as long as there is room.

    Args:
        room (int): Bytes.
    """

    def __init__(self, room):
        self._room = room
        self._held = {}

    def __call__(self, key, make):
        """The array that goes by a key.

        Args:
            key (hashable): What it is known by.
            make (callable): ``make()`` -> numpy.ndarray, called where it is not held.

        Returns:
            numpy.ndarray: To be read, not written to.
        """
        if key in self._held:
            return self._held[key]
        array = make()
        if array.nbytes <= self._room:
            self._room -= array.nbytes
            self._held[key] = array
        return array

    def __getstate__(self):
        # For another process, which makes them anew, rather than through a pipe.
        return {'_room': self._room + sum(array.nbytes for array in self._held.values()),
                '_held': {}}
