"""The web page and its HTTP API (the extra ``web``).

Gradio serves them, under its own program ``foodgan serve``. Nothing leaves the machine but to those
who ask for the page; what they upload stays in a folder of its own, for minutes.
"""
