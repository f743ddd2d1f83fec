"""How each network for sound is trained (thesis, section IV-B), by the notebooks' settings."""

from dataclasses import dataclass, replace

from helpers.models.transfer import Recipe

_SHORT_MEMORY = (("momentum", 0.9),)


@dataclass(frozen=True)
class SoundRecipe:
    """What a training depends on, besides spectrograms and seed."""

    network: str
    """``urbansound_cnn`` (Model 0) or ``fayek_cnn`` (Model 1)."""
    learning_rate: float = 1e-4
    batch_size: int = 16
    epochs: int = 50
    patience: int | None = 15
    optimizer: str = "rmsprop"
    monitor: str = "val_loss"
    options: tuple[tuple[str, object], ...] = ()
    """Further arguments of the network's builder, as pairs."""


_LOG_MEL_RECIPES = {
    "default": {
        "city sounds": SoundRecipe("urbansound_cnn", 5e-4, epochs=8, patience=None),
        "Model 0": SoundRecipe("urbansound_cnn", 5e-4, epochs=12, patience=4),
        "Model 1": SoundRecipe("fayek_cnn", 1e-3, epochs=16, patience=6, options=_SHORT_MEMORY),
    },
    "thesis": {
        "city sounds": SoundRecipe("urbansound_cnn", 5e-4, patience=None),
        "Model 0": SoundRecipe("urbansound_cnn"),
        "Model 1": SoundRecipe("fayek_cnn"),
    },
}
"""By ``SETTINGS``, for the first configuration; small corpora need larger steps."""

_PICTURE_RECIPES = {
    "default": {
        "Model 0": SoundRecipe("urbansound_cnn", 5e-4, epochs=12, patience=4),
        "Model 1": SoundRecipe(
            "fayek_cnn", 1e-3, epochs=12, patience=5, options=(("l2", 1e-3), *_SHORT_MEMORY)
        ),
        "VGG16": Recipe(
            preprocessing="imagenet_mean",
            learning_rate=5e-5,
            cosine_decay=False,
            batch_size=16,
            head_epochs=4,
            epochs=5,
            patience=5,
        ),
    },
    "thesis": {
        "Model 0": SoundRecipe("urbansound_cnn", 5e-4),
        "Model 1": SoundRecipe("fayek_cnn", epochs=60, options=(("l2", 1e-3),)),
        "VGG16": Recipe(
            preprocessing="unit_range",
            dropout=0.5,
            optimizer="sgd",
            learning_rate=1e-4,
            cosine_decay=False,
            momentum=0.9,
            batch_size=16,
            epochs=100,
            patience=15,
        ),
    },
}
"""By ``SETTINGS``, for the second configuration."""

FUSED = "VGG16, one block"
"""The network for sound whose clip scores are fused: that of the thesis's code."""

GRIDS = {
    "small": {
        "networks": ("Model 1",),
        "learning_rates": (None,),
        "batch_sizes": (None,),
        "most_epochs": 8,
    },
    "thesis": {
        "most_epochs": None,
        "networks": ("Model 0", "Model 1"),
        "learning_rates": (1e-4, 5e-5, 1e-5),
        "batch_sizes": (8, 16, 32, 64),
    },
}
"""What is tried with every preparation of the spectrograms; None: what the recipe says.

``most_epochs`` shortens the recipe's.
"""


def log_mel_recipes(settings: str, epochs: int) -> dict[str, SoundRecipe]:
    """Return the recipes of notebook 05 for its parameters; ``epochs`` 0: as the settings say."""
    return _with_epochs(_LOG_MEL_RECIPES[settings], epochs)


def picture_recipes(settings: str, epochs: int, weights: str) -> dict[str, SoundRecipe | Recipe]:
    """Return the recipes of notebook 06 for its parameters, VGG16 with two blocks and with one."""
    recipes = _with_epochs(_PICTURE_RECIPES[settings], epochs)
    vgg16 = replace(recipes.pop("VGG16"), weights=weights)
    recipes["VGG16, two blocks"] = replace(vgg16, unfrozen_blocks=2)  # as the text says
    recipes["VGG16, one block"] = replace(vgg16, unfrozen_blocks=1)  # as the code does
    return recipes


def _with_epochs(recipes: dict, epochs: int) -> dict:
    return {n: replace(r, epochs=epochs) if epochs else r for n, r in recipes.items()}
