/** Sets a node's certification and keeps the network's count of certified nodes right. */
export function setCertified(
  node: { certified: boolean },
  network: { certifiedNodeCount: number },
  certified: boolean,
): void {
  network.certifiedNodeCount += Number(certified) - Number(node.certified);
  node.certified = certified;
}
