"""Chains: several nets in a row under one dial, from the film file to the weights that are worn."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stylereel.core.assignments import parse_sets
from stylereel.core.dial import to_dial
from stylereel.core.errors import FilmError, UsageError
from stylereel.core.film import with_shot_settings
from stylereel.core.layers import Layer, combined, merged
from stylereel.core.plan import explain
from stylereel.core.preset import Wear, read_recipe
from support.bare_cuts import cut, film, marker, plan, use

TWO = """
[presets.two]
chain = [{ style = "form", style_weight = 2e10 }, { style = "nets/ink.pth", style_weight = 5e9 }]
"""
CHAIN = [{"style": "form", "style_weight": 2e10}, {"style": "ink", "style_weight": 5e9}]
WEIGHTS = st.floats(1e7, 1e11)


def worn(*values: dict) -> Wear:
    """What layers give together, the strongest first."""
    return merged(Layer(f"rule {number}", one) for number, one in enumerate(values))[0]


def weights(wear: Wear) -> list[float]:
    return [link.style_weight for link in wear.links]


def test_a_chain_is_read_with_paths_from_its_file_and_has_its_first_links_weight(tmp_path):
    wear, rules = merged(film(tmp_path, TWO).presets["two"])
    assert [link.style for link in wear.links] == ["form", str(tmp_path / "nets" / "ink.pth")]
    assert wear.style_weight == 2e10 and weights(wear) == [2e10, 5e9]
    assert rules["style_weight"] == rules["chain"] == "[presets.two] of the film file"


@given(WEIGHTS, WEIGHTS, WEIGHTS)
def test_a_style_weight_over_a_chain_turns_every_link_by_the_same_factor(first, second, wanted):
    chain = [{"style": "a", "style_weight": first}, {"style": "b", "style_weight": second}]
    wear = worn({"style_weight": wanted}, {"chain": chain})
    assert wear.style_weight == wear.links[0].style_weight == wanted
    factor = to_dial(wanted) / to_dial(first)
    assert to_dial(wear.links[1].style_weight) == pytest.approx(min(1, factor * to_dial(second)))


def test_weights_under_a_chain_mean_nothing_to_it():
    wear = worn({"chain": CHAIN}, {"style": "exam", "style_weight": 1e9, "trained_weight": 3e9})
    assert weights(wear) == [2e10, 5e9] and wear.style is None and wear.trained_weight == 1e10


def test_a_style_takes_the_place_of_a_chain_and_the_declaration_of_another_style():
    assert [link.style for link in worn({"style": "exam"}, {"chain": CHAIN}).links] == ["exam"]
    below = {"style": "a.onnx", "net.range": "0..1", "trained_weight": 3e9}
    wear = worn({"style": "b.onnx"}, below)
    assert (wear.net, wear.trained_weight) == (None, 1e10)
    wear = worn({"net.size": "256x256"}, below)
    assert wear.net and (wear.net.range, wear.net.size) == ("0..1", "256x256")
    assert worn({"chain": []}, {"style": "exam"}).links[0].style == "exam"


def test_one_link_can_be_changed_and_rules_count_in_their_order():
    wear = worn({"chain.0.style_weight": 4e10, "chain.1.style": "code"}, {"chain": CHAIN})
    assert weights(wear) == [4e10, 5e9] and wear.style_weight == 4e10 and wear.links[1].style == "code"
    wear = worn({"chain.1.style_weight": 1e9}, {"style_weight": 1e10}, {"chain": CHAIN})
    assert weights(wear) == [1e10, 1e9]
    wear = worn({"style_weight": 1e10}, {"chain.1.style_weight": 1e9}, {"chain": CHAIN})
    assert weights(wear)[1] < 1e9


def test_0_zeroes_the_chain_and_leaves_its_links():
    wear = worn({"style_weight": 0.0}, {"chain": CHAIN})
    assert wear.style_weight == 0 and weights(wear) == [2e10, 5e9]
    assert worn({"chain.0.style_weight": 1e9}, {"style_weight": 0.0}, {"chain": CHAIN}).style_weight == 1e9


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"chain.2.style_weight": 1e9}, "chain.2.style_weight: there is no such link"),
        ({"chain.0.style_weight": 0.0}, "chain.0.style_weight: cannot be 0"),
    ],
)
def test_links_that_cannot_be_changed(values, told):
    with pytest.raises(UsageError, match=told) as caught:
        worn(values, {"chain": CHAIN})
    assert caught.value.where == "rule 0"


@pytest.mark.parametrize("values", [{"trained_weight": 1e9}, {"net.range": "0..1"}])
def test_a_chain_has_nothing_of_one_net(values):
    for layers in ((values, {"chain": CHAIN}), ({**values, "chain": CHAIN},)):
        with pytest.raises(UsageError, match="in a chain every link has its own") as caught:
            worn(*layers)
        assert f"chain.0.{next(iter(values))}" in caught.value.hint


def test_a_link_of_no_chain_is_refused():
    with pytest.raises(UsageError, match=r"chain\.0\.style_weight: there is no such link") as caught:
        worn({"chain.0.style_weight": 1e9}, {"style": "exam"})
    assert caught.value.where == "rule 0" and "style_weight" in caught.value.hint


@given(WEIGHTS, st.permutations([{"chain": CHAIN}, {"chain.1.style_weight": 1e9}, {"style_weight": 3e9}]))
def test_what_is_merged_pairwise_is_what_is_merged_at_once(weight, layers):
    layers = [{"style_weight": weight}, {"chain": CHAIN}, *layers]
    together = combined(combined(combined(layers[-1], layers[-2]), layers[-3]), {})
    for at in (1, 0):
        together = combined(together, layers[at])
    assert Wear.model_validate(together) == worn(*layers)


def test_the_plans_weights_are_the_first_links(tmp_path):
    this = cut(use(0, 40, 0), markers=(marker("@two", 0, 40, "weight=1e10 ramp.in=20f"),))
    (shot,) = plan(this, film(tmp_path, TWO)).shots
    assert shot.weights[0] == 0 and shot.weights[-1] == 1e10
    rows = {row.key: (row.value, row.rule) for row in explain(shot)}
    assert rows["chain.0.style_weight"] == (1e10, "marker @two at 01:00:00:00")
    assert "net" not in rows and rows["chain.1.style"][0] == str(tmp_path / "nets" / "ink.pth")


def keyed(tmp_path, text: str, sets: tuple[str, ...] = ()):
    (shot,) = plan(cut(use(0, 40, 0)), film(tmp_path, text), preset="two", sets=sets).shots
    return shot


def test_every_link_and_its_weight_make_the_shot(tmp_path):
    sets = ("chain.1.style_weight=6e9", "chain.1.style=code", "chain.1.trained_weight=5e9", "keep_colour=0.5")
    keys = [keyed(tmp_path, TWO).key, *(keyed(tmp_path, TWO, (one,)).key for one in sets)]
    assert len(set(keys)) == len(keys)
    assert "hash of form+hash of " in keyed(tmp_path, TWO).made_of
    assert read_recipe(keyed(tmp_path, TWO).recipe).links[1].style_weight == 5e9


def test_the_command_line_cannot_give_a_chain_one_weight(tmp_path):
    with pytest.raises(UsageError, match="is a chain") as caught:
        keyed(tmp_path, TWO, ("style_weight=3e10",))
    assert "chain.0.style_weight=3e10" in caught.value.hint
    assert caught.value.where == "--set style_weight=3e10"
    assert set(keyed(tmp_path, TWO, ("style_weight=0",)).weights) == {0}
    assert set(keyed(tmp_path, TWO, ("chain.0.style_weight=3e10",)).weights) == {3e10}


def test_settings_of_a_shot_change_the_chain_that_it_has(tmp_path):
    found = film(tmp_path, TWO + "[shots.two_010]\nset = { chain = [{ style = 'exam' }], ramp.in = '0f' }\n")
    changed = with_shot_settings(found, "two_010", parse_sets(["chain.0.style_weight=3e10"]))
    (shot,) = plan(cut(use(0, 40, 0)), changed, preset="two").shots
    links = read_recipe(shot.recipe).links
    assert [(link.style, link.style_weight) for link in links] == [("exam", 3e10)]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (
            "chain = [{ style = 'form', style_wieght = 1 }]",
            "chain[1].style_wieght: there is no such key; did",
        ),
        ("chain = [{ style_weight = 1e10 }]", "chain[1].style: is missing"),
        ("chain = [{ style = 'form', style_weight = 2e11 }]", "chain[1].style_weight: must be less than"),
        ("chain = [{ style = 'form', style_weight = 0 }]", "chain: the first link carries the dial"),
        ("chain = 3", "chain: must be a valid list, not 3"),
        ("chain = ['form']", "chain[1]: must be a table of keys"),
        ("chain = [{ style = 'form' }]\nstyle = 'exam'", "has a style and a chain"),
        ("chain.x.style = 'form'", "chain.x"),
        ("style = 'a.onnx'\nnet = { range = '0..2' }", "net.range: must be '0..1', '-1..1'"),
        ("style = 'a.onnx'\nnet = { range = '0..1', size = '256' }", 'net.size: must be "any", "256x256"'),
        ("keep_colour = 1.5", "keep_colour: must be less than or equal to 1"),
        ("keep_color = 1", 'keep_color: there is no such key; did you mean "keep_colour"?'),
    ],
)
def test_faults_of_chains_and_nets(tmp_path, text, fault):
    with pytest.raises(FilmError) as caught:
        film(tmp_path, f"[presets.a]\n{text}\n")
    assert fault in str(caught.value), caught.value


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("style = 'a.onnx'", "net.range is missing"),
        ("style = 'a.onnx'\nnet = { size = 'any' }", "net.range is missing"),
        ("chain = [{ style = 'form' }, { style = 'a.onnx' }]", "net.range is missing"),
        ("style = 'form'\nnet = { range = '0..1' }", "net is for ONNX nets"),
    ],
)
def test_onnx_nets_are_declared_and_others_not(tmp_path, text, told):
    with pytest.raises(UsageError, match=told) as caught:
        keyed(tmp_path, f"[presets.two]\n{text}\n")
    assert 'preset "two"' in caught.value.where
