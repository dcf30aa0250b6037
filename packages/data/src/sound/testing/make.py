"""Makes the sounds of this folder with libsndfile (pip install numpy soundfile), and what it reads from each as raw float32:

    python make.py

A file of two channels has 440 Hz on the left and 1000 Hz on the right, 0.1 s of each.
"""
import pathlib

import numpy
import soundfile

HERE = pathlib.Path(__file__).parent
FILES = {
    "pcm8.wav": ("WAV", "PCM_U8", 8000, 1),
    "pcm16.wav": ("WAV", "PCM_16", 8000, 2),
    "pcm24.wav": ("WAV", "PCM_24", 8000, 1),
    "pcm32.wav": ("WAV", "PCM_32", 8000, 1),
    "float32.wav": ("WAV", "FLOAT", 8000, 1),
    "float64.wav": ("WAV", "DOUBLE", 8000, 1),
    "extensible.wav": ("WAVEX", "PCM_24", 8000, 2),
    "flac16.flac": ("FLAC", "PCM_16", 8000, 2),
    "flac24.flac": ("FLAC", "PCM_24", 8000, 1),
    "vorbis.ogg": ("OGG", "VORBIS", 16000, 2),
    "opus.opus": ("OGG", "OPUS", 48000, 1),
    "layer3.mp3": ("MP3", "MPEG_LAYER_III", 16000, 2),
}
for name, (format, subtype, rate, channels) in FILES.items():
    time = numpy.arange(rate // 10) / rate
    tones = [0.5 * numpy.sin(2 * numpy.pi * pitch * time) for pitch in (440, 1000)[:channels]]
    soundfile.write(HERE / name, numpy.stack(tones, 1), rate, subtype, format=format)
    read, _ = soundfile.read(HERE / name, dtype="float32", always_2d=True)
    read.T.astype("<f4").tofile(HERE / f"{name}.f32")
    print(name, read.shape)
