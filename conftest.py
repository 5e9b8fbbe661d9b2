"""What pytest needs to know in all stages of `make test`."""

import pytest


def pytest_configure(config):
    config.addinivalue_line("markers", "long: more rounds of what runs a few times by default")


def pytest_collection_modifyitems(config, items):
    """Leave the long rounds out unless they are asked for: ``-m long``."""
    if "long" not in config.option.markexpr:
        config.hook.pytest_deselected(items=[i for i in items if i.get_closest_marker("long")])
        items[:] = [i for i in items if not i.get_closest_marker("long")]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item):
    """Compare the pictures of a notebook's cell too, which nbval leaves out."""
    result = yield
    if type(item).__name__ == "IPyNbCell" and item.test_outputs is not None:
        from comparison import compare_outputs

        problems = compare_outputs(item.cell.outputs, item.test_outputs)
        if problems:
            item.raise_cell_error("Pictures differ", "\n".join(problems))
    return result
