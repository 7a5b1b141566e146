"""Mattes: where in a frame a preset is worn.

`sky.safetensors`, the net that finds the sky, learnt from a teacher's mattes and hints in two stages. Its
metadata says what it learnt from; the same command gives the same numbers on a CPU with the same libraries.

The first stage is the file of commit 467f3d8, whose code and whose command here made it: 12,000 steps of a
new net on photographs, five panoramas and paintings (the folders of the sample media). The second let it
learn on, on landscapes and close-ups from Debian 12's packages too, and took 0.8 of what came of that: all
of it misses some pale skies as a whole. Folders: `land` and `scene` are `images/land` and `images/scene` of
endless-sky-data 0.9.8, `nature` that of mate-backgrounds 1.26, `lomiri` has the pictures of both
lomiri-wallpapers (16.04 and 20.04), `palapeli` those of the collection of palapeli-data 22.12; of `pano`
the pictures alone, without the clip. Pictures in which the teacher takes a blurred ground or a gradient for
sky are named, and drawn pages are added:

    stylereel train-sky --content content --content pano --content style --content land --content scene \\
        --content nature --content lomiri --content palapeli --teacher sky_teacher_u2netp.pt \\
        --from first.safetensors --share 0.8 --steps 5000 --out sky.safetensors --device cpu \\
        --no-sky "elem_1696d19e*" --no-sky "elem_1ef3cf85*" --no-sky "elem_252823e2*" \\
        --no-sky "elem_2d52cdd3*" --no-sky "elem_355e290b*" --no-sky "elem_389664d9*" \\
        --no-sky "elem_3a4a4232*" --no-sky "elem_3f216a88*" --no-sky "elem_6a0579ca*" \\
        --no-sky "elem_7d269676*" --no-sky "elem_7fdebbb1*" --no-sky "elem_9145a629*" \\
        --no-sky "elem_96491251*" --no-sky "elem_9d8001c5*" --no-sky "elem_A_Circular*" \\
        --no-sky "elem_Tj_Holo*" --no-sky "elem_c1a812c2*" --no-sky "elem_c5f07ad8*" \\
        --no-sky "elem_eb8d9a7b*" --no-sky "pop_ng-*" --no-sky "solus_Excl*" --no-sky "solus_IMG*" \\
        --no-sky "solus_Celeste*" --no-sky "solus_TulipBee*" --no-sky "Blinds*" --no-sky "Fossa*" \\
        --no-sky "FreshFlower*" --no-sky "Infinite-Sea*" --no-sky "Kleiber*" --no-sky "eso0*" \\
        --no-sky "free_by*" --no-sky "greentock*" --no-sky "tempest*" --no-sky "umang*"

`tests/bench/sky.py` measures it on pictures that are held out (`kodim*`, and every fifth other).
"""
