"""The losses as curves."""

import chainer

from chainer_foodgan import files

GROUPS = (('generator', 'gen/'), ('discriminator', 'dis/loss'), ('accuracy on photos', 'dis/acc'))


class LossPlot(chainer.training.Extension):
    """Draws the log's losses against the iteration into ``logs/loss.png``.

    Args:
        run (Run): Where to write.
        log_report (chainer.training.extensions.LogReport): Whose log to draw.
    """

    name = 'LossPlot'

    def __init__(self, run, log_report):
        self.run = run
        self.log_report = log_report

    def __call__(self, trainer):
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure
        figure = Figure(figsize=(12, 3.6), constrained_layout=True)
        FigureCanvasAgg(figure)
        for axes, (title, prefix) in zip(figure.subplots(1, len(GROUPS)), GROUPS):
            names = sorted({name for entry in self.log_report.log for name in entry
                            if name.startswith(prefix)})
            for name in names:
                points = [(entry['iteration'], entry[name]) for entry in self.log_report.log
                          if name in entry]
                axes.plot(*zip(*points), label=name.split('/')[1], linewidth=1)
            axes.set_title(title)
            axes.set_xlabel('iteration')
            axes.grid(alpha=0.3)
            if names:
                axes.legend(frameon=False)
        with files.replacing(self.run.logs / 'loss.png') as file:
            figure.savefig(file, format='png', dpi=100)
