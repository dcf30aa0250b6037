/** Where a run's model lies in its directory. A run without one is served by its recipe alone. */
export const MODEL_FILE = 'model.onnx';
