"""What an experiment leaves: pictures, numbers as JSON, and the tables that it printed."""

import io
import json
import pathlib
import sys
import time

from chainer_foodgan import files, images
from chainer_foodgan.documents import markdown, table
from chainer_foodgan.training.run import commit, versions


class Results:
    """The folder ``results`` of an experiment.

    Args:
        out (str or os.PathLike): The folder above it.
        args (argparse.Namespace): What the experiment was started with.
        spent (float): Seconds that it has taken already, a training's for example.
    """

    def __init__(self, out, args, spent=0.):
        self.folder = pathlib.Path(out) / 'results'
        self.arguments = vars(args)
        self.started = time.time() - spent

    def picture(self, name, image):
        """Writes a PIL image; the suffix names the format."""
        images.save_image(image, self.folder / name)
        self._say(name)

    def copy(self, name, path):
        """Takes over a file that is there already."""
        with files.replacing(self.folder / name) as file:
            file.write(pathlib.Path(path).read_bytes())
        self._say(name)

    def animation(self, name, frames, milliseconds=120):
        """Writes PIL images as an animation without end, GIF or WebP, there and back."""
        frames = frames + frames[-2:0:-1]
        file = io.BytesIO()
        frames[0].save(file, pathlib.Path(name).suffix[1:].upper(), save_all=True,
                       append_images=frames[1:], duration=milliseconds, loop=0)
        with files.replacing(self.folder / name) as target:
            target.write(file.getvalue())
        self._say(name)

    def figures(self, name, figures, tables, notes=()):
        """Prints tables, and writes NAME.json and NAME.md.

        Args:
            name (str): Of the files, without a suffix.
            figures (dict): All there is to know, for JSON.
            tables (list): Tables, each a list of rows (sequences of str), the first the head.
            notes (sequence of str): What is to be known besides.
        """
        record = {'script': pathlib.Path(sys.argv[0]).name, 'arguments': self.arguments,
                  'commit': commit(), 'versions': versions(),
                  'seconds': round(time.time() - self.started, 1), **figures}
        with files.replacing(self.folder / (name + '.json'), 'w') as file:
            json.dump(record, file, indent=2, default=str)
            file.write('\n')
        notes = [*notes, self._origin(record)]
        with files.replacing(self.folder / (name + '.md'), 'w') as file:
            file.write('\n\n'.join([*(table(rows, 'pipe') for rows in tables),
                                    '\n'.join('- ' + markdown(note) for note in notes)]) + '\n')
        print('\n\n'.join([*map(table, tables), '\n'.join(notes)]))
        self._say(name + '.json')
        self._say(name + '.md')

    def _origin(self, record):
        """Seed, commit and time, in words."""
        known = record['commit'] or 'unknown'
        found = ['commit ' + known[:10] + ('+' if known.endswith('+') else ''),  # + changes
                 '{:.1f} minutes in all'.format(record['seconds'] / 60)]
        if 'seed' in self.arguments:
            found.insert(0, 'seed {}'.format(self.arguments['seed']))
        return ', '.join(found)

    def _say(self, name):
        print(f'wrote {self.folder / name}', file=sys.stderr)
