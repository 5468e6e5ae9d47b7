import { events } from '../../../abi/ReputationOracle';
import { ActivityKind } from '../../../model';
import { handler } from '../../handler';
import { roundKey } from '../../ids';

/** A reporter anchored the commitments of a round; the block's hash becomes part of the coins. */
export const roundAnchored = handler({
  contract: 'ReputationOracle',
  event: events.RoundAnchored,
  activity: ActivityKind.ROUND_ANCHORED,
  rows: ({ round, reporter }, names) => ({
    round: names.rounds.new(roundKey(round)),
    reporter: names.reporters.ref(reporter),
    account: names.accounts.ref(reporter),
    network: names.network,
  }),
  apply(event, rows, at) {
    const reporter = rows.reporter.edit(at);
    reporter.roundCount += 1;
    rows.round.create(at, {
      round: Number(event.round),
      reporter,
      openBlock: Number(event.openBlock),
      openBlockHash: event.openBlockHash,
      root: event.root,
      count: event.count,
      coinHash: event.coinHash,
      txHash: at.txHash,
    });
    rows.network.edit(at).roundCount += 1;
    return { account: rows.account.findOrCreate(at) };
  },
});
