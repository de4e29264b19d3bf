"""What a request's fields may hold: each what its component's values are, and nothing else.

Gradio fetches whatever looks like a file with a web address, in any field.
"""

import math

import gradio as gr

#: Photos at one time.
SEVERAL = 20

_LONGEST = 256  # characters of a name


class CheckedBlocks(gr.Blocks):
    """Blocks that look at every request before Gradio does anything with it: it may name these
    uploads.
    """

    def __init__(self, uploads, **options):
        self._uploads = uploads
        super().__init__(**options)

    def validate_inputs(self, block_fn, inputs):
        """Gradio calls this first, whatever route a request has come by. Raises a gradio.Error
        where a field holds what its component never does.
        """
        super().validate_inputs(block_fn, inputs)
        for block, value in zip(block_fn.inputs, inputs):
            if not (value is None or self._fits(block, value)):
                raise gr.Error('the photo itself has to be sent: neither addresses nor files of '
                               'the server are read' if isinstance(value, (dict, list)) else
                               f'{block.get_block_name()}: this is no value of it',
                               print_exception=False)

    def _fits(self, block, value):
        if isinstance(block, (gr.Textbox, gr.Radio, gr.Dropdown)):
            return isinstance(value, str) and len(value) <= _LONGEST
        if isinstance(block, gr.Checkbox):
            return isinstance(value, bool)
        if isinstance(block, gr.Slider):
            return (isinstance(value, (int, float)) and math.isfinite(value)
                    and block.minimum <= value <= block.maximum)
        if isinstance(block, gr.File):
            return (isinstance(value, list) and len(value) <= SEVERAL
                    and all(map(self._is_upload, value)))
        return isinstance(block, gr.Image) and self._is_upload(value)

    def _is_upload(self, value):
        """Whether a value is the description of an upload, flat and of plain values."""
        return (isinstance(value, dict) and isinstance(value.get('path'), str)
                and not any(isinstance(entry, (dict, list))
                            for key, entry in value.items() if key != 'meta')
                and value.get('meta') == {'_type': 'gradio.FileData'}
                and not value.get('is_stream') and self._uploads.has(value['path']))
