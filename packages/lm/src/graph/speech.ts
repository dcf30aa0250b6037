/** The graph of an encoder of speech: a wave -> what each layer of the decoder attends to. */
import { melPower } from '@gradus/data';
import { apply, type Graph, input, type Tensor } from '@gradus/engine';
import type { SpeechConfig } from '../families/whisper-config.ts';
import { crossName } from './decoder.ts';
import { encoderLayers } from './encoder.ts';
import type { LayerWeights } from './layer-weights.ts';
import { ACTIVATIONS, normalized } from './parts.ts';

/** How a wave becomes a spectrogram. */
export interface SpectrogramConfig {
  /** Samples a second. */
  readonly rate: number;
  /** Samples of a frame, and from one frame to the next. */
  readonly frame: number;
  readonly hop: number;
  readonly bands: number;
  /** Samples that are seen at once. */
  readonly samples: number;
}

/** Hertz that the highest band ends at. */
const HIGHEST = 8000;
/** Power below this counts as this; and nothing counts as more than so many powers of ten below the loudest. */
const FLOOR = 1e-10;
const RANGE = 8;

/**
 * Whisper's log-mel spectrogram of a wave with half a frame before and behind it, [1, 1, samples + frame]: [1, bands, frames], the
 * loudest at 1 + (log10 of its power) / 4.
 */
export function whisperSpectrogram(
  wave: Tensor,
  { rate, frame, hop, bands, samples }: SpectrogramConfig,
): Tensor {
  const options = {
    rate,
    frame,
    hop,
    bands,
    low: 0,
    high: HIGHEST,
    scale: 'slaney',
    norm: 'slaney',
  } as const;
  const power = melPower(wave, options).slice([0], [Math.floor(samples / hop)], [1]);
  const loudness = power.max(FLOOR).log().mul(Math.LOG10E);
  const range = loudness.max(loudness.maximum([1, 2], true).sub(RANGE));
  return range.transpose([0, 2, 1]).add(4).div(4);
}

/** The states behind the encoder's last norm, [1, places, hidden], of a spectrogram [1, bands, frames]. */
export function speechHidden({ encoder }: SpeechConfig, weights: LayerWeights, spectrogram: Tensor): Tensor {
  const { hidden, bands, places, convolutions, positions, norm, finalNorm } = encoder;
  const convolved = (x: Tensor, name: string, inputs: number, stride: number) =>
    ACTIVATIONS.gelu(
      apply(
        'Conv',
        [x, weights.tensor(`${name}.weight`, [hidden, inputs, 3]), weights.vector(`${name}.bias`, hidden)],
        { strides: [stride], pads: [1, 1] },
      ),
    );
  const [one, two] = convolutions;
  const seen = convolved(convolved(spectrogram, one, bands, 1), two, hidden, 2);
  const x = seen.transpose([0, 2, 1]).add(weights.tensor(positions, [places, hidden]));
  return normalized(encoderLayers(x, encoder, weights), finalNorm, norm, weights, hidden);
}

/** (wave) -> keys and values of each layer of the decoder, [1, places, hidden]. */
export function speechGraph(
  config: SpeechConfig,
  weights: LayerWeights,
  spectrogram: SpectrogramConfig,
): Graph<Tensor> {
  const wave = input('wave', [1, 1, spectrogram.samples + spectrogram.frame]);
  const states = speechHidden(config, weights, whisperSpectrogram(wave, spectrogram));
  const outputs: Record<string, Tensor> = {};
  for (const [i, { cross }] of config.decoder.layers.entries()) {
    outputs[crossName('key', i)] = weights.linear(states, cross!.key);
    outputs[crossName('value', i)] = weights.linear(states, cross!.value);
  }
  return { name: 'speech', inputs: { wave }, outputs };
}
