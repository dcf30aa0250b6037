/** Declares every op; each file is one family. */
import './dropout.ts';
import './elementwise.ts';
import './linalg.ts';
import './movement.ts';
import './reduction.ts';
