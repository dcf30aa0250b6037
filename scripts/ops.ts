/** Writes docs/ops.md: which passes of the engine know which op. A test of the engine checks that the page is current. */
import { writeFileSync } from 'node:fs';
import { opsPage } from '../packages/engine/src/testing/op-coverage/table.ts';

writeFileSync(new URL('../docs/ops.md', import.meta.url), opsPage());
