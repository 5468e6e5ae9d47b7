import { events } from '../../../abi/ReputationOracle';
import { ActivityKind, RoundAnchor } from '../../../model';
import { handler } from '../../handler';
import { roundKey } from '../../ids';

/** A reporter anchored the commitments of a round; the block's hash becomes part of the coins. */
export const roundAnchored = handler({
  contract: 'ReputationOracle',
  event: events.RoundAnchored,
  load({ reporter }, rows) {
    rows.reporters.want(reporter);
    rows.accounts.want(reporter);
  },
  apply({ round, openBlock, openBlockHash, root, count, coinHash, ...event }, at, rows) {
    const reporter = rows.reporters.edit(event.reporter);
    reporter.roundCount += 1;
    rows.rounds.add(
      new RoundAnchor({
        id: roundKey(round),
        round: Number(round),
        reporter,
        openBlock: Number(openBlock),
        openBlockHash,
        root,
        count,
        coinHash,
        anchorBlockHash: null,
        txHash: at.txHash,
        block: at.block,
        timestamp: at.timestamp,
      }),
    );
    rows.network(at).roundCount += 1;
    rows.activity(ActivityKind.ROUND_ANCHORED, at, { account: rows.accountRef(event.reporter, at) });
  },
});
