"""The shelf: presets (TOML), style files, their base net and pictures that ship with StyleReel.

`exam`, `code` and `form` were made of the pictures beside them with

    stylereel train presets/exam.png presets/code.png presets/form.png \\
        --name exam --name code --name form --new-base reel16 \\
        --licence Apache-2.0 --content FOLDER --vgg FILE --out DIR

each style file says with which recipe, content and VGG.
"""
