/** What differs between the chains the network lives on and is no operator's choice. */
export interface Network {
  chainId: number;
  name: string;
  /** Real money: development proving keys and well-known accounts are refused. */
  production: boolean;
  /**
   * Shortest time a node has for OPEN after COINS; a devnet's nodes prove in turns on one machine, which may be busy.
   */
  minOpenMs: number;
}

/** Chain of every devnet and every test. */
export const DEVNET_CHAIN_ID = 31_337;
/** The phrase anvil, Hardhat and their guides print: everybody holds its keys. */
export const PUBLIC_PHRASE = 'test test test test test test test test test test test junk';

const NETWORKS: readonly Network[] = [
  { chainId: 56, name: 'BNB Chain', production: true, minOpenMs: 30_000 },
  { chainId: 97, name: 'BNB Chain testnet', production: true, minOpenMs: 30_000 },
  { chainId: DEVNET_CHAIN_ID, name: 'devnet', production: false, minOpenMs: 60_000 },
];

/** The network of a chain id; an unknown chain gets mainnet's strictness. */
export function networkOf(chainId: number | bigint): Network {
  const id = Number(chainId);
  return (
    NETWORKS.find((network) => network.chainId === id) ?? {
      chainId: id,
      name: `chain ${id}`,
      production: true,
      minOpenMs: 30_000,
    }
  );
}
