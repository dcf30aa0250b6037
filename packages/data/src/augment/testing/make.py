"""What Pillow makes of a small image by RandAugment's changes of tone (pip install numpy pillow):

    python make.py
"""
import json
import pathlib

import numpy
from PIL import Image, ImageEnhance, ImageOps

pixels = numpy.random.default_rng(0).integers(20, 200, (12, 11, 3), dtype=numpy.uint8)
image = Image.fromarray(pixels)
made = {
    "original": image,
    "autoContrast": ImageOps.autocontrast(image),
    "equalize": ImageOps.equalize(image),
    "posterize": ImageOps.posterize(image, 4),
    "solarize": ImageOps.solarize(image, 128),
    "sharpen": ImageEnhance.Sharpness(image).enhance(1.9),
    "smooth": ImageEnhance.Sharpness(image).enhance(0.1),
    "brighten": ImageEnhance.Brightness(image).enhance(1.5),
}
channels_first = {name: numpy.asarray(one).transpose(2, 0, 1).ravel().tolist() for name, one in made.items()}
pathlib.Path(__file__).with_name("pillow.json").write_text(json.dumps(channels_first) + "\n")
