/** Task `gemm` (protocol section 3): the int8 matrix chain, its samples, openings and verification. */
export {
  decodeGemmOpening,
  encodeGemmOpening,
  type GemmOpening,
  gemmOpeningBytes,
  type OpenedColumn,
} from './opening';
export { checkGemmParams, type GemmParams, gemmDepth } from './params';
export { type ColumnId, type GemmSample, gemmSamples, neededColumns, sampledTransitions } from './sampling';
export {
  type GemmVerdict,
  type GemmVerification,
  recomputeGemmColumn,
  verifyFirstSampleWhole,
  verifyGemmOpening,
} from './verify';
