"""What a log says, as curves against the iteration."""

#: Titles and the beginnings of the names that belong under them.
LOSSES = (('generator', 'gen/'), ('discriminator', 'dis/loss'),
          ('accuracy on photos', 'dis/acc'))


def names(log, prefix):
    """The names in a log that begin with ``prefix``, sorted (list of str)."""
    return sorted({name for entry in log for name in entry if name.startswith(prefix)})


def figure(log, groups=LOSSES):
    """Draws a panel for each group that the log knows.

    Args:
        log (list of dict): Entries of Chainer's LogReport: names to numbers, ``iteration`` among
            them.
        groups (sequence): ``(title, prefix)``.

    Returns:
        matplotlib.figure.Figure: To be saved.
    """
    from matplotlib.figure import Figure
    groups = [group for group in groups if names(log, group[1])] or groups
    drawn = Figure(figsize=(4 * len(groups), 3.6), constrained_layout=True)
    panels = drawn.subplots(1, len(groups), squeeze=False)[0]
    for axes, (title, prefix) in zip(panels, groups):
        for name in names(log, prefix):
            points = [(entry['iteration'], entry[name]) for entry in log if name in entry]
            axes.plot(*zip(*points), label=name.split('/')[1], linewidth=1)
        axes.set_title(title)
        axes.set_xlabel('iteration')
        axes.grid(alpha=0.3)
        if names(log, prefix):
            axes.legend(frameon=False)
    return drawn
