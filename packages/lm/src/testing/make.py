"""Makes the golden files of this folder: tiny random models of each family, saved as Hugging Face does it, and what PyTorch's
transformers computes with them in float32.

    pip install torch==2.13.0 transformers==5.18.0 peft==0.21.0 gguf==0.19.0
    python packages/lm/src/testing/make.py packages/lm/src/testing/golden
"""
import json
import pathlib
import shutil
import sys

import torch
import transformers as t
from safetensors.torch import load_file, save_file

VOCABULARY, TOKENS = 40, 12
SHARED = dict(vocab_size=VOCABULARY, hidden_size=32, intermediate_size=24, num_hidden_layers=2, num_attention_heads=4,
              max_position_embeddings=64, pad_token_id=0, bos_token_id=1, eos_token_id=2)
GROUPED = dict(SHARED, num_key_value_heads=2)
LLAMA3 = dict(rope_type='llama3', rope_theta=10000.0, factor=8.0, low_freq_factor=1.0, high_freq_factor=4.0,
              original_max_position_embeddings=16)
LONG = dict(rope_type='longrope', rope_theta=10000.0, short_factor=[1.0, 1.2, 1.5, 2.0], long_factor=[2.0, 3.0, 4.0, 8.0],
            original_max_position_embeddings=32)
ENCODER = {k: v for k, v in SHARED.items() if k not in ('bos_token_id', 'eos_token_id')}

DECODERS = {
    'llama': t.LlamaConfig(**GROUPED, tie_word_embeddings=False),
    'llama3': t.LlamaConfig(**GROUPED, tie_word_embeddings=True, head_dim=16, rope_parameters=LLAMA3),
    'llama-bias': t.LlamaConfig(**GROUPED, attention_bias=True, mlp_bias=True, rope_parameters=dict(
        rope_type='linear', rope_theta=10000.0, factor=2.0)),
    'mistral': t.MistralConfig(**GROUPED, sliding_window=4),
    'qwen2': t.Qwen2Config(**GROUPED, tie_word_embeddings=True),
    'qwen3': t.Qwen3Config(**GROUPED, head_dim=16),
    'gpt2': t.GPT2Config(vocab_size=VOCABULARY, n_embd=32, n_layer=2, n_head=4, n_positions=64, bos_token_id=1, eos_token_id=2),
    'gemma': t.GemmaConfig(**GROUPED, head_dim=16),
    'gemma2': t.Gemma2Config(**GROUPED, head_dim=16, sliding_window=4, query_pre_attn_scalar=16),
    'gemma3': t.Gemma3TextConfig(**dict(GROUPED, num_hidden_layers=3), head_dim=16, sliding_window=4, query_pre_attn_scalar=6,
                                 layer_types=['sliding_attention', 'sliding_attention', 'full_attention'],
                                 rope_parameters=dict(sliding_attention=dict(rope_type='default', rope_theta=100.0),
                                                      full_attention=dict(rope_type='linear', factor=8.0, rope_theta=10000.0))),
    'phi3': t.Phi3Config(**GROUPED, original_max_position_embeddings=32, rope_parameters=LONG),
    'smollm3': t.SmolLM3Config(**dict(GROUPED, num_hidden_layers=4), tie_word_embeddings=True),
    'olmo': t.OlmoConfig(**GROUPED, clip_qkv=0.5),
    'olmo2': t.Olmo2Config(**GROUPED),
    'olmo3': t.Olmo3Config(**dict(GROUPED, num_hidden_layers=4), sliding_window=4, rope_parameters=dict(
        sliding_attention=dict(rope_type='default', rope_theta=10000.0),
        full_attention=dict(rope_type='yarn', rope_theta=10000.0, factor=4.0, original_max_position_embeddings=16))),
    'granite': t.GraniteConfig(**GROUPED, embedding_multiplier=3.0, attention_multiplier=0.2, residual_multiplier=0.4,
                               logits_scaling=2.0, tie_word_embeddings=True),
    'mixtral': t.MixtralConfig(**GROUPED, num_local_experts=4, num_experts_per_tok=2),
    'qwen2-moe': t.Qwen2MoeConfig(**GROUPED, moe_intermediate_size=16, shared_expert_intermediate_size=24, num_experts=4,
                                  num_experts_per_tok=2, mlp_only_layers=[0]),
    'qwen3-moe': t.Qwen3MoeConfig(**GROUPED, head_dim=16, moe_intermediate_size=16, num_experts=4, num_experts_per_tok=2,
                                  norm_topk_prob=True),
    'olmoe': t.OlmoeConfig(**GROUPED, num_experts=4, num_experts_per_tok=2),
}
ENCODERS = {
    'bert': t.BertConfig(**ENCODER, type_vocab_size=2),
    'roberta': t.RobertaConfig(**dict(ENCODER, pad_token_id=1), type_vocab_size=1),
    'mpnet': t.MPNetConfig(**dict(ENCODER, pad_token_id=1)),
    'distilbert': t.DistilBertConfig(vocab_size=VOCABULARY, dim=32, hidden_dim=24, n_layers=2, n_heads=4, max_position_embeddings=64,
                                     pad_token_id=0),
    'modernbert': t.ModernBertConfig(**dict(ENCODER, num_hidden_layers=3), local_attention=4, cls_token_id=3, sep_token_id=4,
                                     bos_token_id=3, eos_token_id=4),
    'nomic-bert': t.NomicBertConfig(**ENCODER, type_vocab_size=2),
}

CLASSIFIERS = {
    'bert-classifier': t.BertConfig(**ENCODER, type_vocab_size=2, num_labels=1),
    'xlm-roberta-classifier': t.XLMRobertaConfig(**dict(ENCODER, pad_token_id=1), type_vocab_size=1, num_labels=1),
    'modernbert-classifier': t.ModernBertConfig(**ENCODER, local_attention=4, cls_token_id=3, sep_token_id=4, bos_token_id=3,
                                                eos_token_id=4, num_labels=1, classifier_pooling='mean'),
}


def shaken(model):
    """Random values that are no starting values: biases and scales differ from 0 and 1, so that a forgotten one shows."""
    generator = torch.Generator().manual_seed(7)
    with torch.no_grad():
        for name, value in model.named_parameters():
            noise = torch.randn(value.shape, generator=generator)
            value.copy_((1 + 0.2 * noise) if value.dim() == 1 and 'bias' not in name else 0.2 * noise)
    return model


def saved(model, folder, dtype):
    shutil.rmtree(folder, ignore_errors=True)
    shaken(model).to(dtype).save_pretrained(folder)


def ids(seed, rows=2):
    return torch.randint(5, VOCABULARY, (rows, TOKENS), generator=torch.Generator().manual_seed(seed))


def decoders(out):
    for name, config in DECODERS.items():
        config._attn_implementation = 'eager'
        saved(t.AutoModelForCausalLM.from_config(config), out / name, torch.float16 if name == 'gpt2' else torch.bfloat16)
        model = t.AutoModelForCausalLM.from_pretrained(out / name, dtype=torch.float32, attn_implementation='eager').eval()
        with torch.no_grad():
            given = ids(1)
            logits = model(input_ids=given, use_cache=False).logits
            text = given[:1]
            for _ in range(12):
                text = torch.cat([text, model(input_ids=text, use_cache=False).logits[:, -1:].argmax(-1)], 1)
        save_file(dict(ids=given, logits=logits, greedy=text[:, TOKENS:].contiguous()), out / name / 'expected.safetensors')


def writers(out):
    """The part of a model of images and texts that writes, its config as the first versions of Gemma 3 have it."""
    text = dict(GROUPED, num_hidden_layers=3, head_dim=16, sliding_window=4, query_pre_attn_scalar=6, sliding_window_pattern=3)
    config = t.Gemma3Config(
        text_config=t.Gemma3TextConfig(**text),
        vision_config=t.SiglipVisionConfig(hidden_size=8, intermediate_size=8, num_hidden_layers=1, num_attention_heads=2, image_size=16,
                                           patch_size=8), mm_tokens_per_image=4, image_token_index=3, boi_token_index=4, eoi_token_index=4)
    folder = out / 'gemma3-images'
    saved(t.Gemma3ForConditionalGeneration(config), folder, torch.bfloat16)
    given = json.loads((folder / 'config.json').read_text())
    given['text_config'] = dict(text, model_type='gemma3_text', rope_scaling=dict(factor=8.0, rope_type='linear'))
    given['eos_token_id'] = [1, 6]
    (folder / 'generation_config.json').unlink()
    (folder / 'config.json').write_text(json.dumps(given, indent=2))
    model = t.Gemma3ForConditionalGeneration.from_pretrained(folder, dtype=torch.float32, attn_implementation='eager').eval()
    with torch.no_grad():
        given = ids(1)
        logits = model(input_ids=given, use_cache=False).logits
    save_file(dict(ids=given, logits=logits), folder / 'expected.safetensors')


def published(out):
    """What transformers reads in configs as their authors published them: sizes, windows, and how fast pairs of features turn."""
    import importlib
    found = {}
    for name, given in json.loads((out / 'published' / 'configs.json').read_text()).items():
        config = t.AutoConfig.for_model(**given).get_text_config()
        kind = config.model_type.removesuffix('_text')
        module = importlib.import_module(f'transformers.models.{kind}.modeling_{kind}')
        rotary = next(c for n, c in vars(module).items() if n.endswith('RotaryEmbedding') and c.__module__ == module.__name__)(config)
        kinds = getattr(config, 'layer_types', None) or [None] * config.num_hidden_layers
        window = getattr(config, 'sliding_window', None)

        def turns(prefix):
            values = getattr(rotary, prefix + 'inv_freq').double().tolist()
            return dict(count=len(values), factor=float(getattr(rotary, prefix + 'attention_scaling')),
                        some=[values[i * (len(values) - 1) // 7] for i in range(8)])

        per_kind = hasattr(rotary, 'sliding_attention_inv_freq')
        found[name] = dict(
            vocabulary=config.vocab_size, hidden=config.hidden_size, heads=config.num_attention_heads,
            kvHeads=config.num_key_value_heads, context=config.max_position_embeddings,
            headSize=getattr(config, 'head_dim', None) or config.hidden_size // config.num_attention_heads,
            windows=[window if kind == 'sliding_attention' or kind is None else None for kind in kinds],
            turning=[bool(x) for x in getattr(config, 'no_rope_layers', [1] * config.num_hidden_layers)],
            far=turns('full_attention_' if per_kind else ''), **(dict(near=turns('sliding_attention_')) if per_kind else {}))
    lines = ',\n'.join(f'  {json.dumps(k)}: {json.dumps(v)}' for k, v in found.items())
    (out / 'published' / 'expected.json').write_text('{\n' + lines + '\n}\n')


def encoders(out):
    for name, config in ENCODERS.items():
        config._attn_implementation = 'eager'
        saved(t.AutoModel.from_config(config), out / name, torch.float32 if name == 'bert' else torch.bfloat16)
        model = t.AutoModel.from_pretrained(out / name, dtype=torch.float32, attn_implementation='eager').eval()
        with torch.no_grad():
            given, mask = ids(2), torch.ones(2, TOKENS, dtype=torch.int64)
            mask[1, 8:] = 0
            given[1, 8:] = config.pad_token_id
            hidden = model(input_ids=given, attention_mask=mask).last_hidden_state
        save_file(dict(ids=given, mask=mask, hidden=hidden), out / name / 'expected.safetensors')


def embedders(out):
    """The vectors that Qwen3-Embedding takes of texts of several lengths: the last token's state, brought to length 1."""
    model = t.AutoModel.from_pretrained(out / 'qwen3', dtype=torch.float32, attn_implementation='eager').eval()
    given, mask = ids(6, 3), torch.ones(3, TOKENS, dtype=torch.int64)
    for row, length in enumerate([TOKENS, 8, 1]):
        mask[row, length:], given[row, length:] = 0, 0
    with torch.no_grad():
        hidden = model(input_ids=given, attention_mask=mask).last_hidden_state
    last = hidden[torch.arange(3), mask.sum(1) - 1]
    (out / 'qwen3-embedding').mkdir(exist_ok=True)
    save_file(dict(ids=given, mask=mask, vectors=torch.nn.functional.normalize(last, dim=1)),
              out / 'qwen3-embedding' / 'expected.safetensors')


def looking_ahead(out):
    """Hidden states of decoders that see a text as a whole: as EmbeddingGemma's config says it, and as any decoder's can."""
    for name, said in [('gemma3', dict(use_bidirectional_attention=True)), ('mistral', dict(is_causal=False))]:
        kept = json.loads((out / name / 'config.json').read_text())
        config = t.AutoConfig.for_model(**{**kept, **said})
        model = t.AutoModel.from_pretrained(out / name, config=config, dtype=torch.float32, attn_implementation='eager').eval()
        given, mask = ids(7, 3), torch.ones(3, TOKENS, dtype=torch.int64)
        for row, length in enumerate([TOKENS, 8, 1]):
            mask[row, length:], given[row, length:] = 0, 0
        with torch.no_grad():
            hidden = model(input_ids=given, attention_mask=mask, use_cache=False).last_hidden_state
        save_file(dict(ids=given, mask=mask, hidden=hidden), out / name / 'ahead.safetensors')


def rerankers(out):
    for name, config in CLASSIFIERS.items():
        config._attn_implementation = 'eager'
        saved(t.AutoModelForSequenceClassification.from_config(config), out / name, torch.bfloat16)
        model = t.AutoModelForSequenceClassification.from_pretrained(
            out / name, dtype=torch.float32, attn_implementation='eager').eval()
        with torch.no_grad():
            given, mask, kinds = ids(4), torch.ones(2, TOKENS, dtype=torch.int64), torch.zeros(2, TOKENS, dtype=torch.int64)
            mask[1, 8:] = 0
            given[1, 8:] = config.pad_token_id
            inputs = dict(input_ids=given, attention_mask=mask)
            if name.startswith('bert'):
                kinds[:, 5:] = mask[:, 5:]
                inputs['token_type_ids'] = kinds
            logits = model(**inputs).logits
        save_file(dict(ids=given, mask=mask, kinds=kinds, logits=logits), out / name / 'expected.safetensors')


def tuning(out):
    """The losses of 50 steps of AdamW on fixed batches: with peft's LoRA, and of all weights."""
    import peft
    batches = torch.stack([ids(100 + i, 4) for i in range(5)])
    labels = batches.clone()
    labels[:, :, :4] = -100
    labels[:, 1, :] = -100
    for name in ['llama', 'qwen2', 'gpt2']:
        for kind in ['lora', 'full']:
            torch.manual_seed(3)
            model = t.AutoModelForCausalLM.from_pretrained(out / name, dtype=torch.float32, attn_implementation='eager')
            if kind == 'lora':
                target = ['c_attn', 'c_proj', 'c_fc'] if name == 'gpt2' else [
                    'q_proj', 'k_proj', 'v_proj', 'o_proj', 'gate_proj', 'up_proj', 'down_proj']
                model = peft.get_peft_model(model, peft.LoraConfig(
                    r=4, lora_alpha=8, lora_dropout=0.0, target_modules=target, task_type='CAUSAL_LM',
                    fan_in_fan_out=name == 'gpt2'))
                model.save_pretrained(out / f'tune-{name}' / 'start')
            optimizer = torch.optim.AdamW([p for p in model.parameters() if p.requires_grad], lr=0.01 if kind == 'lora' else 0.002)
            losses = []
            for step in range(50):
                loss = model(input_ids=batches[step % 5], labels=labels[step % 5], use_cache=False).loss
                losses.append(loss.item())
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
            with torch.no_grad():
                logits = model.eval()(input_ids=ids(1), use_cache=False).logits
            if kind == 'lora':
                model.save_pretrained(out / f'tune-{name}' / 'end')
            save_file(dict(ids=batches, labels=labels, losses=torch.tensor(losses, dtype=torch.float64), after=logits),
                      out / f'tune-{name}' / f'{kind}.safetensors')
        for readme in (out / f'tune-{name}').rglob('README.md'):
            readme.unlink()


def preferences(out):
    """The losses of 30 steps of DPO with peft's LoRA, the model without adapters as the reference, as in trl's DPOTrainer."""
    import peft
    name, beta, steps = 'llama', 0.1, 30
    chosen, rejected = torch.stack([ids(200 + i, 4) for i in range(5)]), torch.stack([ids(300 + i, 4) for i in range(5)])
    rejected[:, :, :4] = chosen[:, :, :4]
    labels = [rows.clone() for rows in (chosen, rejected)]
    for rows, cut in zip(labels, (10, 8)):
        rows[:, :, :4] = -100
        rows[:, 0, cut:] = -100
    torch.manual_seed(3)
    model = t.AutoModelForCausalLM.from_pretrained(out / name, dtype=torch.float32, attn_implementation='eager')
    model = peft.get_peft_model(model, peft.LoraConfig(
        r=4, lora_alpha=8, lora_dropout=0.0, target_modules=['q_proj', 'k_proj', 'v_proj', 'o_proj', 'gate_proj', 'up_proj', 'down_proj'],
        task_type='CAUSAL_LM'))
    model.load_state_dict({k.replace('.weight', '.default.weight'): v for k, v in load_file(
        out / f'tune-{name}' / 'start' / 'adapter_model.safetensors').items()}, strict=False)

    def logp(given, wanted):
        logs = model(input_ids=given, use_cache=False).logits[:, :-1].log_softmax(-1)
        wanted = wanted[:, 1:]
        picked = logs.gather(2, wanted.clamp(min=0)[..., None])[..., 0]
        return (picked * (wanted >= 0)).sum(1)

    with torch.no_grad(), model.disable_adapter():
        reference = [[logp(rows[i], of[i]) for i in range(5)] for rows, of in zip((chosen, rejected), labels)]
    optimizer = torch.optim.AdamW([p for p in model.parameters() if p.requires_grad], lr=0.01)
    losses = []
    for step in range(steps):
        i = step % 5
        gains = [logp(rows[i], of[i]) - known[i] for rows, of, known in zip((chosen, rejected), labels, reference)]
        loss = -torch.nn.functional.logsigmoid(beta * (gains[0] - gains[1])).mean()
        losses.append(loss.item())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    save_file(dict(chosen=chosen, rejected=rejected, chosen_labels=labels[0], rejected_labels=labels[1],
                   losses=torch.tensor(losses, dtype=torch.float64)), out / f'tune-{name}' / 'preferences.safetensors')


def classifiers(out):
    """What heads for classes make of texts of several lengths, with the random weights of `shaken`."""
    for name in ['llama', 'gpt2', 'bert', 'roberta', 'mpnet', 'distilbert', 'modernbert']:
        config = {**DECODERS, **ENCODERS}[name]
        config._attn_implementation = 'eager'
        config.num_labels = 3
        config.pad_token_id = config.pad_token_id or 0
        folder = out / f'classes-{name}'
        saved(t.AutoModelForSequenceClassification.from_config(config), folder, torch.bfloat16)
        model = t.AutoModelForSequenceClassification.from_pretrained(folder, dtype=torch.float32, attn_implementation='eager').eval()
        with torch.no_grad():
            given, mask = ids(4), torch.ones(2, TOKENS, dtype=torch.int64)
            mask[1, 8:] = 0
            given[1, 8:] = config.pad_token_id
            logits = model(input_ids=given, attention_mask=mask).logits
        save_file(dict(ids=given, mask=mask, logits=logits), folder / 'expected.safetensors')


def rolling(out):
    """The loss of a text in windows, as lm-eval's get_rolling_token_windows cuts it with a context of one token."""
    model = t.AutoModelForCausalLM.from_pretrained(out / 'llama', dtype=torch.float32, attn_implementation='eager').eval()
    text = ids(9, 3).flatten()[:33]
    found = dict(ids=text)
    for window in [5, 32]:
        total, predicted = 0.0, 0
        while predicted < len(text):
            size = min(window, len(text) - predicted)
            end = predicted + size
            start = max(0, end - window) if predicted else 0
            given = torch.cat([torch.tensor([1]), text])[start:end]
            with torch.no_grad():
                logs = model(input_ids=given[None], use_cache=False).logits[0].double().log_softmax(-1)
            total -= logs[-size:].gather(1, text[predicted:end, None]).sum().item()
            predicted = end
        found[f'loss{window}'] = torch.tensor([total], dtype=torch.float64)
    (out / 'rolling').mkdir(exist_ok=True)
    save_file(found, out / 'rolling' / 'expected.safetensors')


def blocks(out):
    """Blocks of GGUF's types, and the numbers that the package gguf reads from them."""
    import gguf
    import numpy as np
    random = np.random.default_rng(5)
    found = {}
    values = random.standard_normal((1, 64)).astype(np.float32)
    for title in ['Q4_0', 'Q4_1', 'Q5_0', 'Q5_1', 'Q8_0']:
        found[title] = gguf.quants.quantize(values, gguf.GGMLQuantizationType[title])
    for title, size, scales in [('Q4_K', 144, [0, 2]), ('Q5_K', 176, [0, 2]), ('Q6_K', 210, [208])]:
        data = random.integers(0, 256, (2, size), dtype=np.uint8)
        for at in scales:
            data[:, at:at + 2] = random.uniform(0.001, 0.1, (2, 1)).astype(np.float16).view(np.uint8)
        found[title] = data
    saved = {'given': torch.from_numpy(values)}
    for title, data in found.items():
        saved[title] = torch.from_numpy(data.reshape(-1).copy())
        saved[f'{title}.values'] = torch.from_numpy(gguf.quants.dequantize(data, gguf.GGMLQuantizationType[title]).reshape(-1).copy())
    (out / 'blocks').mkdir(exist_ok=True)
    save_file(saved, out / 'blocks' / 'expected.safetensors')


if __name__ == '__main__':
    out = pathlib.Path(sys.argv[1])
    for make in [decoders, writers, published, encoders, tuning, preferences, classifiers, embedders, looking_ahead, rerankers, rolling, blocks]:
        make(out)
