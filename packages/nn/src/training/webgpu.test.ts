/**
 * A training step gives the same on WebGPU as on the CPU. WebGPU runs here on Chromium's software Vulkan, so that no graphics
 * card is needed; where that is missing (Debian: chromium and libvulkan1), the test says so.
 */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

const ICD = '/usr/lib/chromium/vk_swiftshader_icd.json';
const vulkan = ['/usr/lib/x86_64-linux-gnu', '/usr/lib/aarch64-linux-gnu'].some((folder) =>
  existsSync(`${folder}/libvulkan.so.1`),
);
const ready = existsSync(ICD) && vulkan;
if (!ready) console.warn('WebGPU is not tested: install the Debian packages chromium and libvulkan1');

describe.skipIf(!ready)('on WebGPU (needs chromium and libvulkan1)', () => {
  it('a training step of a CNN gives what it gives on the CPU', { timeout: 240_000 }, async () => {
    const program = new URL('testing/compare-devices.ts', import.meta.url).pathname;
    // A process of its own: the software driver is chosen by the environment, before the runtime starts.
    const { stdout } = await promisify(execFile)(process.execPath, [program], {
      env: { ...process.env, VK_ICD_FILENAMES: ICD },
      timeout: 230_000,
    });
    expect(JSON.parse(stdout.trim().split('\n').at(-1)!).largest).toBeLessThan(1e-4);
  });
});
