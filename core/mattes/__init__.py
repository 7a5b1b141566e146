"""Mattes: where in a frame a preset is worn.

`sky.safetensors`, the net that finds the sky, learnt from a teacher's mattes and hints on photographs, five
panoramas and paintings (the folders of the sample media; of `pano` the pictures alone, without the clip).
Pictures in which the teacher takes a blurred ground or a gradient for sky are named, and drawn pages are
added. Its metadata says what it learnt from. The same command gives the same numbers on a CPU with the same
libraries:

    stylereel train-sky --content content --content pano --content style --teacher sky_teacher_u2netp.pt \\
        --out sky.safetensors --steps 12000 --device cpu \\
        --no-sky "elem_1696d19e*" --no-sky "elem_1ef3cf85*" --no-sky "elem_252823e2*" \\
        --no-sky "elem_2d52cdd3*" --no-sky "elem_355e290b*" --no-sky "elem_389664d9*" \\
        --no-sky "elem_3a4a4232*" --no-sky "elem_3f216a88*" --no-sky "elem_6a0579ca*" \\
        --no-sky "elem_7d269676*" --no-sky "elem_7fdebbb1*" --no-sky "elem_9145a629*" \\
        --no-sky "elem_96491251*" --no-sky "elem_9d8001c5*" --no-sky "elem_A_Circular*" \\
        --no-sky "elem_Tj_Holo*" --no-sky "elem_c1a812c2*" --no-sky "elem_c5f07ad8*" \\
        --no-sky "elem_eb8d9a7b*" --no-sky "pop_ng-*" --no-sky "solus_Excl*" \\
        --no-sky "solus_IMG*" --no-sky "solus_Celeste*" --no-sky "solus_TulipBee*"

`tests/bench/sky.py` measures it on pictures that are held out (`kodim*`, and every fifth other).
"""
