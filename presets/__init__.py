"""The shelf: presets (TOML), style files, their base net and pictures that ship with StyleReel.

The base and its first styles were trained jointly on eight pictures: `exam.png`, `code.png` and `form.png`
beside this file, and paintings in the public domain by Delaunay (`tiles`), Hokusai (`wave`), Kandinsky
(`composition`), Picabia (`udnie`) and van Gogh (`starry`):

    stylereel train PICTURE… --name exam --name code … --new-base reel16b --base START --steps 3600 \\
        --pull P … --content FOLDER --vgg FILE

where START is a style on a net that was trained in the same way on the three drawn pages alone (without
`--base`, 3600 steps). Five of the styles then learnt on by themselves, on the base as it is, with

    stylereel train PICTURE --name NAME --base NAME --steps N --pull P --steadiness S --dial D

`scream`, `storm` and `hat`, of paintings by Munch, Turner and Matisse that the base never saw, are what
`stylereel train PICTURE --name NAME` makes of them in its five minutes, from the nearest of
those eight.

Each style file says with which recipe, content and VGG, and what it started from. All of them were trained
before `train` put knots to even places of their way (`core.training.evenness`), which was done to the
finished files with the same function and content. `scream` ends at 0.9 of its way, where it is nearest to
its painting. `exam` is a mixture with a fifth of `form` (`core.nets.dialled.mixed`), which is nearer to its
page than it was itself, so that a dissolve to `form` leads away from it at once; its first knot lies at 0.15
of the way to the second, for an even ramp. `tests/bench/styles.py` measures them.
"""
