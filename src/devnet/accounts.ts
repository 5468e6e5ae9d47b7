import { HDNodeWallet, Mnemonic, Wallet } from 'ethers';
import { ACCOUNT_INDEX, DEVNET_MNEMONIC, NODES, STAKER_COUNT } from './network';

/** Everybody on the devnet, by role; in order of nodeId where there is one per node. */
export interface DevnetAccounts {
  deployer: Wallet;
  /** In order of their slots in the contract. */
  reporters: Wallet[];
  treasury: Wallet;
  client: Wallet;
  stakers: Wallet[];
  operators: Wallet[];
  /** Sign protocol messages; they hold no ether. */
  workers: Wallet[];
}

/**
 * Derives the accounts from the devnet's mnemonic.
 * @param nodes how many have operator and worker; at most 20, as the chain gives no more operators ether
 */
export function devnetAccounts(nodes: number = NODES.length): DevnetAccounts {
  const parent = HDNodeWallet.fromMnemonic(Mnemonic.fromPhrase(DEVNET_MNEMONIC), "m/44'/60'/0'/0");
  const wallet = (index: number) => new Wallet(parent.deriveChild(index).privateKey);
  const wallets = (first: number, count: number) => Array.from({ length: count }, (_, index) => wallet(first + index));
  return {
    deployer: wallet(ACCOUNT_INDEX.deployer),
    reporters: ACCOUNT_INDEX.reporters.map(wallet),
    treasury: wallet(ACCOUNT_INDEX.treasury),
    client: wallet(ACCOUNT_INDEX.client),
    stakers: wallets(ACCOUNT_INDEX.firstStaker, STAKER_COUNT),
    operators: wallets(ACCOUNT_INDEX.firstOperator, nodes),
    workers: wallets(ACCOUNT_INDEX.firstWorker, nodes),
  };
}
