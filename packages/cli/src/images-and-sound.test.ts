/** Models of images and of sound from the command line. */
import { cpSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { goldenFolder } from '../../lm/src/testing/golden.ts';
import { commandLine } from './testing/command-line.ts';

const { directory, gradus } = commandLine();

it('classes and vectors of images; a model without classes asks for them', async () => {
  for (const name of ['vit', 'clip']) cpSync(goldenFolder(name), join(directory, name), { recursive: true });
  const photos = join(directory, 'photos/deep');
  cpSync(goldenFolder('vit'), photos, { recursive: true });
  rmSync(join(photos, 'model.safetensors'));
  const [told, asked] = await Promise.all([
    gradus('classify', 'vit', 'photos', '--out', 'classes.csv'),
    gradus('classify', 'clip', 'photos', '--out', 'no.csv'),
  ]);
  expect([told.code, told.stdout]).toEqual([0, 'the classes of 2 images written to classes.csv\n']);
  const [head, first] = readFileSync(join(directory, 'classes.csv'), 'utf8').split(/\r?\n/);
  expect([head, first]).toEqual([
    'image,class,probability',
    expect.stringMatching(/^photos\/deep\/picture.png,(?:cat|dog|bird),0\.\d{4}$/),
  ]);
  expect([asked.code, asked.stderr]).toEqual([
    2,
    expect.stringContaining('name at least two with --classes'),
  ]);
});

it('what a folder lacks is named', async () => {
  const { code, stderr } = await gradus('transcribe', goldenFolder('whisper'), 'none.wav');
  expect([code, stderr]).toEqual([1, expect.stringContaining('tokenizer.json')]);
});
