/** What differs between the chains the network lives on and is no operator's choice. */
export interface Network {
  chainId: number;
  name: string;
  /** Real money: development proving keys and well-known accounts are refused. */
  production: boolean;
  /** Shortest time a node has for OPEN after COINS; a devnet's nodes prove in turns on one machine, which may be busy. */
  minOpenMs: number;
}

const networks: readonly Network[] = [
  { chainId: 56, name: 'BNB Chain', production: true, minOpenMs: 30_000 },
  { chainId: 97, name: 'BNB Chain testnet', production: true, minOpenMs: 30_000 },
  { chainId: 31337, name: 'devnet', production: false, minOpenMs: 60_000 },
];

/** The network of a chain id; an unknown chain gets mainnet's strictness. */
export function networkOf(chainId: number | bigint): Network {
  const id = Number(chainId);
  return (
    networks.find((network) => network.chainId === id) ?? {
      chainId: id,
      name: `chain ${id}`,
      production: true,
      minOpenMs: 30_000,
    }
  );
}
