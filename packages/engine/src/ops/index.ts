/** Declares every op; each file is one family. */
import './attention.ts';
import './convolution.ts';
import './dropout.ts';
import './einsum.ts';
import './elementwise.ts';
import './linalg.ts';
import './movement.ts';
import './nchwc.ts';
import './normalization.ts';
import './pooling.ts';
import './quantization.ts';
import './recurrent.ts';
import './reduction.ts';
import './resize.ts';
import './signal.ts';
