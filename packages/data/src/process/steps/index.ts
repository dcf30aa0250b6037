/** All steps, by name. */
import type { StepType } from '../step.ts';
import { datesStep } from './dates.ts';
import { denoiseStep } from './denoise.ts';
import { differenceStep } from './difference.ts';
import { dropStep } from './drop.ts';
import { hashStep } from './hash.ts';
import { imageStep } from './image.ts';
import { joinStep } from './join.ts';
import { lagsStep } from './lags.ts';
import { logStep } from './log.ts';
import { logMelStep } from './log-mel.ts';
import { minMaxStep } from './min-max.ts';
import { missingStep } from './missing.ts';
import { oneHotStep } from './one-hot.ts';
import { ordinalStep } from './ordinal.ts';
import { outliersStep } from './outliers.ts';
import { powerStep } from './power.ts';
import { redactStep } from './redact.ts';
import { robustStep } from './robust.ts';
import { standardizeStep } from './standardize.ts';
import { targetStep } from './target.ts';
import { tokensStep } from './tokens.ts';
import { windowsStep } from './windows.ts';

export const STEP_TYPES: ReadonlyMap<string, StepType> = new Map(
  (
    [
      redactStep,
      tokensStep,
      missingStep,
      outliersStep,
      logStep,
      powerStep,
      standardizeStep,
      minMaxStep,
      robustStep,
      oneHotStep,
      ordinalStep,
      targetStep,
      hashStep,
      datesStep,
      imageStep,
      denoiseStep,
      logMelStep,
      lagsStep,
      differenceStep,
      windowsStep,
      joinStep,
      dropStep,
    ] as readonly StepType[]
  ).map((type) => [type.name, type]),
);
