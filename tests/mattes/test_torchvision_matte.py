"""Mattes by torchvision's nets, whose weights lie in its cache: random but for what is looked for."""

from pathlib import Path
from urllib.error import URLError

import numpy as np
import pytest
import torch
from stylereel.core.errors import StyleError
from stylereel.core.mattes.content import CLASSES, TORCHVISION
from stylereel.core.mattes.matting import Shape
from support.mattes import colours, matte_of
from torchvision import models

NAME = "lraspp_mobilenet_v3_large"
WEIGHTS = models.get_model_weights(NAME).DEFAULT
NAMES = WEIGHTS.meta["categories"]


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache of torchvision's, and no network."""

    def refused(*_: object, **__: object) -> None:
        raise URLError("no network")

    monkeypatch.setattr(torch.hub, "_get_torch_home", lambda: str(tmp_path / "torch"))
    monkeypatch.setattr(torch.hub, "download_url_to_file", refused)
    return tmp_path / "torch" / "hub" / "checkpoints"


def fill(cache: Path, **certain: float) -> None:
    """Puts a net of random weights there, with so much more for some classes, whatever is shown."""
    torch.manual_seed(1)
    net = models.get_model(NAME, weights=None, weights_backbone=None)
    for name, more in certain.items():
        net.classifier.high_classifier.bias.data[NAMES.index(name)] += more
    cache.mkdir(parents=True, exist_ok=True)
    torch.save(net.state_dict(), cache / Path(WEIGHTS.url).name)


def test_a_class_is_found_by_its_name(cache: Path):
    fill(cache, person=30)
    picture = colours()
    assert (matte_of(picture, kind="model", model=NAME, classes=["person"]) > 0.99).all()
    assert (matte_of(picture, kind="model", model=NAME, classes=["dog", "bus"]) < 0.01).all()


def test_the_classes_share_each_pixel(cache: Path):
    fill(cache, person=3, dog=3)
    found = [matte_of(colours(), kind="model", model=NAME, classes=[one]) for one in ("person", "dog")]
    both = matte_of(colours(), kind="model", model=NAME, classes=["person", "dog"])
    assert all(0.1 < one.mean() < 0.5 for one in found)
    assert 0.6 < both.mean() < 0.9  # certain ends are drawn to 0 and 1


def test_it_closes_on_the_sphere(cache: Path):
    fill(cache, person=3)
    picture, values = colours(size=(256, 128)), {"kind": "model", "model": NAME, "classes": ["person"]}
    once = matte_of(picture, Shape(True), **values)
    rolled = matte_of(np.roll(picture, 64, 1), Shape(True), **values)
    assert np.abs(rolled - np.roll(once, 64, 1)).mean() < 1 / 255


def test_a_class_that_it_has_not_and_weights_that_cannot_be_had_are_said(cache: Path):
    with pytest.raises(StyleError, match=r"cannot load it.*no network") as caught:
        matte_of(colours(), kind="model", model=NAME, classes=["person"])
    assert "cache" in caught.value.hint
    fill(cache)
    with pytest.raises(StyleError, match='no class "persn"') as caught:
        matte_of(colours(), kind="model", model=NAME, classes=["persn"])
    assert "person" in str(caught.value)


def test_every_name_that_is_offered_is_torchvision_s():
    assert set(TORCHVISION) <= set(models.list_models(models.segmentation))
    for name in TORCHVISION:
        assert list(CLASSES) == models.get_model_weights(name).DEFAULT.meta["categories"]
