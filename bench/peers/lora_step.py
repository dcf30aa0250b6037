"""Seconds of the fastest step of LoRA on the model in a folder, in PyTorch with peft: `lora_step.py FOLDER THREADS cpu|wall`."""
import json, sys, time
import torch
import transformers as t
import peft

folder, threads, kind = sys.argv[1:]
torch.set_num_threads(int(threads))
clock = time.process_time if kind == 'cpu' else time.perf_counter
model = t.AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32)
targets = ['q_proj', 'k_proj', 'v_proj', 'o_proj', 'gate_proj', 'up_proj', 'down_proj']
model = peft.get_peft_model(model, peft.LoraConfig(r=16, lora_alpha=32, lora_dropout=0.0, target_modules=targets, task_type='CAUSAL_LM'))
optimizer = torch.optim.AdamW([p for p in model.parameters() if p.requires_grad], lr=2e-4)
ids = torch.randint(300, 40300, (1, 128))
times = []
for _ in range(4):
    begun = clock()
    loss = model(input_ids=ids, labels=ids, use_cache=False).loss
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    times.append(clock() - begun)
print(json.dumps({'step': min(times)}))
