"""Tiny tokenizers of the kinds that models have, trained on the bundled reviews by Hugging Face's tokenizers, and the ids that transformers gives
500 texts in both languages with them. Run where both are installed, from the root of the repository:

    python packages/data/src/text/tokenizers/testing/make.py

Writes golden/KIND.json (tokenizer.json) and golden/ids.json: the texts, and of each kind their ids as 16-bit numbers in base64, 65535 after each text.
"""
import base64
import csv
import json
import os
import random
import struct

from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers
from transformers import PreTrainedTokenizerFast

HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "golden")
REVIEWS = "examples/reviews/reviews.csv"
SIZE = 640
GPT4 = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
PARTS = [" ", "  ", "\n", "\r\n", "\t", "don't", "I'LL", "3.14", "12345678", "...", "!!", "snake_case", "https://a.b/c?d=e", "很好吃", "中文", "。", "，送餐快", "１２３",
  "ＡＢＣ", "한국어", "ひらがな", "ｶﾞ", "مرحبا", "नमस्ते", "e\u0301", "é", "ñandú", "ﬁ", "①", "x²", "ΟΔΟΣ", "ß", "👍🏽", "👨‍👩‍👧", "\u00a0", "\u3000", "\u200b", "▁", "Ġ", "A", "the", "  a", "𠮷"]


def texts():
    with open(REVIEWS, encoding="utf-8") as file:
        reviews = [row["review"] for row in csv.DictReader(file) if row["review"]]
    han = [text for text in reviews if any("\u4e00" <= c <= "\u9fff" for c in text)]
    other = [text for text in reviews if text not in set(han)]
    chance = random.Random(1)
    mixed = ["".join(chance.choice(PARTS) for _ in range(chance.randint(1, 8))) for _ in range(120)]
    return reviews, [*(text[:40] for text in chance.sample(han, 190)), *(text[:80] for text in chance.sample(other, 190)), *mixed]


def byte_level_bpe(pattern):
    made = Tokenizer(models.BPE())
    cut = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=pattern is None)
    made.pre_tokenizer = cut if pattern is None else pre_tokenizers.Sequence([pre_tokenizers.Split(Regex(pattern), "isolated"), cut])
    made.decoder = decoders.ByteLevel()
    made.post_processor = processors.ByteLevel(trim_offsets=False)
    return made, trainers.BpeTrainer(vocab_size=SIZE, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), special_tokens=["<|endoftext|>"], show_progress=False)


def roberta():
    made, trainer = byte_level_bpe(None)
    made.post_processor = processors.TemplateProcessing(single="<s> $A </s>", pair="<s> $A </s> </s> $B </s>", special_tokens=[("<s>", 0), ("</s>", 1)])
    return made, trainers.BpeTrainer(vocab_size=SIZE, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), special_tokens=["<s>", "</s>"], show_progress=False)


def llama2():
    bytes_ = [f"<0x{i:02X}>" for i in range(256)]
    made = Tokenizer(models.BPE(unk_token="<unk>", byte_fallback=True, fuse_unk=True))
    made.normalizer = normalizers.Sequence([normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")])
    made.decoder = decoders.Sequence([decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse(), decoders.Strip(" ", 1, 0)])
    made.post_processor = processors.TemplateProcessing(single="<s> $A", pair="<s> $A <s> $B", special_tokens=[("<s>", 1)])
    return made, trainers.BpeTrainer(vocab_size=SIZE, special_tokens=["<unk>", "<s>", "</s>", *bytes_], limit_alphabet=200, max_token_length=12, show_progress=False)


def unigram():
    made = Tokenizer(models.Unigram())
    made.normalizer = normalizers.Sequence([normalizers.NFKC(), normalizers.Replace(Regex(" {2,}"), " ")])
    made.pre_tokenizer = pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always")
    made.decoder = decoders.Metaspace(replacement="▁", prepend_scheme="always")
    made.post_processor = processors.TemplateProcessing(single="$A </s>", pair="$A </s> $B </s>", special_tokens=[("</s>", 1)])
    return made, trainers.UnigramTrainer(vocab_size=SIZE, special_tokens=["<unk>", "</s>"], unk_token="<unk>", show_progress=False)


def word_piece():
    made = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    made.normalizer = normalizers.BertNormalizer(lowercase=True)
    made.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    made.decoder = decoders.WordPiece()
    made.post_processor = processors.TemplateProcessing(single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B:1 [SEP]:1", special_tokens=[("[CLS]", 1), ("[SEP]", 2)])
    return made, trainers.WordPieceTrainer(vocab_size=SIZE, special_tokens=["[UNK]", "[CLS]", "[SEP]"], limit_alphabet=300, show_progress=False)


KINDS = {"gpt4": lambda: byte_level_bpe(GPT4), "gpt2": lambda: byte_level_bpe(None), "roberta": roberta, "llama2": llama2, "unigram": unigram, "wordpiece": word_piece}

if __name__ == "__main__":
    os.makedirs(HERE, exist_ok=True)
    reviews, chosen = texts()
    ids = {}
    for name, make in KINDS.items():
        made, trainer = make()
        made.train_from_iterator(reviews, trainer)
        path = os.path.join(HERE, f"{name}.json")
        json.dump(json.loads(made.to_str()), open(path, "w"), ensure_ascii=False, separators=(",", ":"))
        fast = PreTrainedTokenizerFast(tokenizer_file=path)
        all_ids = [i for text in chosen for i in [*fast(text)["input_ids"], 65535]]
        ids[name] = base64.b64encode(struct.pack(f"<{len(all_ids)}H", *all_ids)).decode()
    json.dump({"texts": chosen, "ids": ids}, open(os.path.join(HERE, "ids.json"), "w"), ensure_ascii=False, separators=(",", ":"))
