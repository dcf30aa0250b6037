"""Makes the golden files of models of images and of sound, and of ONNX exports, beside those of make.py: tiny random models, what transformers'
processors make of a picture and of a sound, and what its models compute of that in float32.

    pip install torch==2.13.0 transformers==5.18.0 pillow==12.3.0 onnx==1.23.1
    python packages/lm/src/testing/make_media.py packages/lm/src/testing/golden
"""
import pathlib
import shutil
import sys
import wave as wav

import numpy as np
import torch
import transformers as t
from PIL import Image
from safetensors.torch import save_file

from make import shaken

LAYERS = dict(hidden_size=32, intermediate_size=24, num_hidden_layers=2, num_attention_heads=4)
IMAGE = dict(LAYERS, image_size=18, patch_size=4)
TEXT = dict(LAYERS, vocab_size=40, max_position_embeddings=12)
END = 39


def picture():
    """A picture with edges, slopes and noise, wider than high."""
    y, x = np.mgrid[0:41, 0:57]
    noise = np.random.default_rng(11).integers(0, 60, (41, 57, 3))
    base = np.stack([4 * x, 5 * y, 255 * ((x // 5 + y // 7) % 2)], -1)
    return Image.fromarray(np.clip(base + noise - 30, 0, 255).astype(np.uint8))


def image_text():
    from transformers.models.chinese_clip.image_processing_pil_chinese_clip import ChineseCLIPImageProcessorPil
    from transformers.models.clip.image_processing_pil_clip import CLIPImageProcessorPil
    from transformers.models.siglip.image_processing_pil_siglip import SiglipImageProcessorPil
    square = dict(height=18, width=18)
    yield 'clip', t.CLIPConfig(
        text_config=dict(TEXT, eos_token_id=END, bos_token_id=1, pad_token_id=0), vision_config=IMAGE, projection_dim=16,
    ), CLIPImageProcessorPil(size=dict(shortest_edge=20), crop_size=square)
    yield 'chinese-clip', t.ChineseCLIPConfig(
        text_config=dict(TEXT, type_vocab_size=2, pad_token_id=0), vision_config=IMAGE, projection_dim=16,
    ), ChineseCLIPImageProcessorPil(size=square, do_center_crop=False, resample=1)
    yield 'siglip', t.SiglipConfig(
        text_config=dict(TEXT, pad_token_id=1, projection_size=32), vision_config=IMAGE,
    ), SiglipImageProcessorPil(size=square)


def images(out):
    seen = picture()
    for name, config, processor in image_text():
        folder = out / name
        shutil.rmtree(folder, ignore_errors=True)
        config._attn_implementation = 'eager'
        shaken(t.AutoModel.from_config(config)).to(torch.bfloat16).save_pretrained(folder)
        processor.save_pretrained(folder)
        model = t.AutoModel.from_pretrained(folder, dtype=torch.float32, attn_implementation='eager').eval()
        ids = torch.randint(5, END, (3, 12), generator=torch.Generator().manual_seed(5))
        mask = torch.ones_like(ids)
        if name == 'clip':
            ids[0, 7], ids[1, 11], ids[2, 3] = END, END, END
        if name != 'siglip':
            for row, length in enumerate([8, 12, 4]):
                ids[row, length:], mask[row, length:] = 0, 0
        pixels = processor(images=[seen, seen.transpose(Image.Transpose.ROTATE_90)], return_tensors='pt').pixel_values
        inputs = dict(input_ids=ids, pixel_values=pixels)
        if name != 'siglip':
            inputs['attention_mask'] = mask
        with torch.no_grad():
            found = model(**inputs)
        save_file(dict(ids=ids, mask=mask, pixels=pixels, images=found.image_embeds, texts=found.text_embeds,
                       logits=found.logits_per_image.contiguous()), folder / 'expected.safetensors')
        seen.save(folder / 'picture.png')


def vit(out):
    from transformers.models.vit.image_processing_pil_vit import ViTImageProcessorPil
    folder = out / 'vit'
    shutil.rmtree(folder, ignore_errors=True)
    config = t.ViTConfig(**IMAGE, num_labels=3, id2label={0: 'cat', 1: 'dog', 2: 'bird'})
    config._attn_implementation = 'eager'
    shaken(t.ViTForImageClassification(config)).to(torch.bfloat16).save_pretrained(folder)
    processor = ViTImageProcessorPil(size=dict(height=18, width=18))
    processor.save_pretrained(folder)
    model = t.ViTForImageClassification.from_pretrained(folder, dtype=torch.float32, attn_implementation='eager').eval()
    seen = picture()
    pixels = processor(images=[seen, seen.resize((12, 15))], return_tensors='pt').pixel_values
    with torch.no_grad():
        logits = model(pixel_values=pixels).logits
    save_file(dict(pixels=pixels, logits=logits), folder / 'expected.safetensors')
    seen.save(folder / 'picture.png')
    seen.resize((12, 15)).save(folder / 'small.png')


def sound():
    """Half a second of tones that rise, with noise and a pause, at 16,000 samples of 16 bits a second."""
    seconds = np.arange(8000) / 16000
    random = np.random.default_rng(3)
    wave = 0.4 * np.sin(2 * np.pi * (200 + 3000 * seconds) * seconds) + 0.05 * random.standard_normal(8000)
    wave[3000:4000] = 0
    return np.clip(np.round(wave * 32768), -32768, 32767).astype('<i2')


def whisper(out):
    folder = out / 'whisper'
    shutil.rmtree(folder, ignore_errors=True)
    config = t.WhisperConfig(
        vocab_size=60, num_mel_bins=16, d_model=32, encoder_layers=2, encoder_attention_heads=4, encoder_ffn_dim=24,
        decoder_layers=2, decoder_attention_heads=4, decoder_ffn_dim=24, max_source_positions=50, max_target_positions=24,
        decoder_start_token_id=51, bos_token_id=50, eos_token_id=50, pad_token_id=50)
    config._attn_implementation = 'eager'
    model = shaken(t.WhisperForConditionalGeneration(config)).to(torch.bfloat16)
    model.generation_config = t.GenerationConfig(
        is_multilingual=True, lang_to_id={'<|en|>': 52, '<|zh|>': 53}, task_to_id=dict(translate=54, transcribe=55),
        no_timestamps_token_id=56, suppress_tokens=[7, 51, 52, 53, 54, 55, 56], begin_suppress_tokens=[8, 50], max_length=24,
        decoder_start_token_id=51, eos_token_id=50, pad_token_id=50, bos_token_id=50, return_timestamps=False)
    model.save_pretrained(folder)
    extractor = t.WhisperFeatureExtractor(feature_size=16, chunk_length=1)
    extractor.save_pretrained(folder)
    model = t.WhisperForConditionalGeneration.from_pretrained(folder, dtype=torch.float32, attn_implementation='eager').eval()
    wave = sound()
    with wav.open(str(folder / 'tones.wav'), 'wb') as file:
        file.setparams((1, 2, 16000, len(wave), 'NONE', ''))
        file.writeframes(wave.tobytes())
    features = extractor(wave.astype(np.float32) / 32768, sampling_rate=16000, return_tensors='pt').input_features
    ids = torch.randint(5, 50, (1, 9), generator=torch.Generator().manual_seed(5))
    with torch.no_grad():
        states = model.model.encoder(features).last_hidden_state
        logits = model(input_features=features, decoder_input_ids=ids, use_cache=False).logits
        heard = model.generate(features, task='transcribe')
        zh = model.generate(features, language='zh', task='translate')
    save_file(dict(features=features, states=states, ids=ids, logits=logits, heard=heard, zh=zh), folder / 'expected.safetensors')


def whisper_timestamps(out):
    """A Whisper with a mark for each 0.02 seconds of its one second."""
    folder = out / 'whisper-timestamps'
    shutil.rmtree(folder, ignore_errors=True)
    config = t.WhisperConfig(
        vocab_size=109, num_mel_bins=16, d_model=32, encoder_layers=1, encoder_attention_heads=4, encoder_ffn_dim=24,
        decoder_layers=2, decoder_attention_heads=4, decoder_ffn_dim=24, max_source_positions=50, max_target_positions=24,
        decoder_start_token_id=51, bos_token_id=50, eos_token_id=50, pad_token_id=50)
    config._attn_implementation = 'eager'
    model = shaken(t.WhisperForConditionalGeneration(config)).to(torch.bfloat16)
    model.generation_config = t.GenerationConfig(
        is_multilingual=True, lang_to_id={'<|en|>': 52, '<|zh|>': 53}, task_to_id=dict(translate=54, transcribe=55),
        no_timestamps_token_id=57, suppress_tokens=[7, 51, 52, 53, 54, 55, 56], begin_suppress_tokens=[8, 50], max_length=24,
        max_initial_timestamp_index=30, decoder_start_token_id=51, eos_token_id=50, pad_token_id=50, bos_token_id=50,
        return_timestamps=False)
    model.save_pretrained(folder)
    extractor = t.WhisperFeatureExtractor(feature_size=16, chunk_length=1)
    extractor.save_pretrained(folder)
    model = t.WhisperForConditionalGeneration.from_pretrained(folder, dtype=torch.float32, attn_implementation='eager').eval()
    wave = sound().astype(np.float32) / 32768
    found = {}
    for i, part in enumerate([wave, wave[2000:], wave[::-1][:5000].copy(), wave[4000:7000]]):
        features = extractor(part, sampling_rate=16000, return_tensors='pt').input_features
        for name, language in (('en', 'en'), ('zh', 'zh')):
            with torch.no_grad():
                found[f'{name}{i}'] = model.generate(features, task='transcribe', language=language, return_timestamps=True)
    save_file(found, folder / 'expected.safetensors')


def exported(out):
    """The golden BERT as PyTorch writes ONNX, with the names of optimum's exports."""
    (out / 'bert-onnx').mkdir(exist_ok=True)
    model = t.AutoModel.from_pretrained(out / 'bert', dtype=torch.float32, attn_implementation='eager').eval()

    class Hidden(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.model = model.requires_grad_(False)

        def forward(self, input_ids, attention_mask, token_type_ids):
            found = self.model(input_ids=input_ids, attention_mask=attention_mask, token_type_ids=token_type_ids)
            return found.last_hidden_state

    ids = torch.randint(5, 40, (2, 12))
    names = ['input_ids', 'attention_mask', 'token_type_ids']
    free = {0: 'batch_size', 1: 'sequence_length'}
    torch.onnx.export(
        Hidden(), (ids, torch.ones_like(ids), torch.zeros_like(ids)), str(out / 'bert-onnx' / 'model.onnx'), input_names=names,
        output_names=['last_hidden_state'], dynamic_axes={name: free for name in [*names, 'last_hidden_state']},
        opset_version=18, dynamo=False)


def exported_decoder(out):
    """The golden Llama as PyTorch writes ONNX, with keys and values and the names of optimum's exports."""
    (out / 'llama-onnx').mkdir(exist_ok=True)
    model = t.AutoModelForCausalLM.from_pretrained(out / 'llama', dtype=torch.float32, attn_implementation='eager').eval()
    config = model.config
    layers = range(config.num_hidden_layers)

    class Cached(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.model = model.requires_grad_(False)

        def forward(self, input_ids, attention_mask, position_ids, *past):
            cache = t.DynamicCache()
            for i in layers:
                cache.update(past[2 * i], past[2 * i + 1], i)
            found = self.model(input_ids=input_ids, attention_mask=attention_mask, position_ids=position_ids, past_key_values=cache)
            return (found.logits, *[of for layer in found.past_key_values.layers for of in (layer.keys, layer.values)])

    rows, time, before = 2, 3, 4
    ids = torch.randint(5, 40, (rows, time))
    size = config.hidden_size // config.num_attention_heads
    past = [torch.randn(rows, config.num_key_value_heads, before, size) for _ in range(2 * len(layers))]
    given = (ids, torch.ones(rows, before + time, dtype=torch.int64), torch.arange(before, before + time).expand(rows, time), *past)
    named = {side: [f'{side}.{i}.{kind}' for i in layers for kind in ('key', 'value')] for side in ('past_key_values', 'present')}
    free = {'input_ids': 'sequence_length', 'position_ids': 'sequence_length', 'logits': 'sequence_length',
            'attention_mask': 'total_sequence_length'}
    axes = {name: {0: 'batch_size', 1: size} for name, size in free.items()}
    axes |= {name: {0: 'batch_size', 2: 'past_sequence_length'} for name in named['past_key_values']}
    axes |= {name: {0: 'batch_size', 2: 'total_sequence_length'} for name in named['present']}
    torch.onnx.export(
        Cached(), given, str(out / 'llama-onnx' / 'model.onnx'),
        input_names=['input_ids', 'attention_mask', 'position_ids', *named['past_key_values']],
        output_names=['logits', *named['present']], dynamic_axes=axes, opset_version=18, dynamo=False)


if __name__ == '__main__':
    out = pathlib.Path(sys.argv[1])
    for make in [images, vit, whisper, whisper_timestamps, exported, exported_decoder]:
        make(out)
