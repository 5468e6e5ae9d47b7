/** Task `gemm` (protocol section 3): the int8 matrix layers, their commitment, samples, openings and verification. */
export { gemmCommitment, gemmCommitmentOver, LayerTree } from './commitment';
export { BLOCK_COLUMNS, GemmLayers } from './layers';
export { encodeGemmOpening } from './opening';
export type { GemmParams } from './params';
export { type ColumnId, gemmSamples, neededColumns, sampledTransitions } from './sampling';
export { verifyFirstSampleWhole, verifyGemmOpening } from './verify';
