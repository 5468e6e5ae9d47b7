/** Task `tree` (protocol section 4): the Poseidon tree, its drawn leaves and their paths. */
export { TREE_DEPTH, TREE_SAMPLES } from './task';
export {
  buildTree,
  bytesToField,
  growTree,
  type PoseidonTree,
  rootToBytes,
  TREE_ARITY,
  treeIndices,
  treePath,
} from './tree';
